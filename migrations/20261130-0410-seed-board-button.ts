import { addButtons, removeMenus } from '../src/core/menu-rows'
import type { MigrationContext } from '../src/infra/migrator'

const RECORD = '2049629108249427982'
const BOARD = '2049629108261020004'

/** Who may look at the queue board, below the page of results. */
export async function up(ctx: MigrationContext): Promise<void> {
  await addButtons(ctx, RECORD, [
    { id: BOARD, title: '队列看板', name: 'OpenQueueBoard', perms: 'sys:task:board' },
  ])
}

export async function down(ctx: MigrationContext): Promise<void> {
  await removeMenus(ctx, [BOARD])
}
