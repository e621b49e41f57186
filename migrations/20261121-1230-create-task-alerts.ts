import type { MigrationContext } from '../src/infra/migrator'

/** What is wrong with background work, so that of several processes that notice it one tells. */
export async function up({ types, base, required, createTable, addIndex }: MigrationContext): Promise<void> {
  await createTable('task_alert', {
    ...base.editable,
    kind: required(types.string(32)),
    subject: required(types.string(155)),
    open: required(types.boolean),
    amount: required(types.integer),
  })
  await addIndex('task_alert', ['kind', 'subject'], { unique: true })
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('task_alert')
}
