import type { MigrationContext } from '../src/infra/migrator'

/** What transactions take turns at; rows come by themselves, see `src/infra/one-at-a-time.ts`. */
export async function up({ types, createTable }: MigrationContext): Promise<void> {
  await createTable('sys_lock', {
    name: { type: types.string(64), primaryKey: true, allowNull: false },
  })
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('sys_lock')
}
