import type { MigrationContext } from '../src/infra/migrator'

/** What operators wish for a queue; Redis may forget it, this does not. */
export async function up({ types, base, required, createTable, addIndex }: MigrationContext): Promise<void> {
  await createTable('task_queue', {
    ...base.editable,
    name: required(types.string(155)),
    paused: required(types.boolean),
  })
  await addIndex('task_queue', ['name'], { unique: true })
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('task_queue')
}
