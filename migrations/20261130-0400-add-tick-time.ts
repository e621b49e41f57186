import type { MigrationContext } from '../src/infra/migrator'

/** For which due time of its schedule a task runs. */
export async function up({ addColumn, types }: MigrationContext): Promise<void> {
  await addColumn('task_result', 'tick_time', { type: types.time })
}

export async function down({ dropColumn }: MigrationContext): Promise<void> {
  await dropColumn('task_result', 'tick_time')
}
