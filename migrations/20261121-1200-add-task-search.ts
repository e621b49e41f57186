import type { MigrationContext } from '../src/infra/migrator'

/** What results are searched by, with the id behind it: the newest come first without sorting. */
const SEARCHED = ['status', 'name', 'queue', 'worker', 'schedule_id', 'parent_id', 'retry_of']

/** Where a task came from, why it failed in one line, and the words by which it is found. */
export async function up(ctx: MigrationContext): Promise<void> {
  const { types, addColumn, addIndex, dropIndex, createTable, required } = ctx
  await addColumn('task_result', 'due_time', { type: types.time })
  await addColumn('task_result', 'error', { type: types.string(500) })
  await addColumn('task_result', 'parent_id', { type: types.id })
  await addColumn('task_result', 'retry_of', { type: types.id })
  for (const column of ['name', 'schedule_id']) await dropIndex('task_result', [column])
  for (const column of SEARCHED) await addIndex('task_result', [column, 'id'])
  await createTable('task_term', {
    id: { ...required(types.id), primaryKey: true },
    term: { ...required(types.word(64)), primaryKey: true },
  })
  await addIndex('task_term', ['term', 'id'])
}

export async function down(ctx: MigrationContext): Promise<void> {
  const { dropTable, dropIndex, addIndex, dropColumn } = ctx
  await dropTable('task_term')
  for (const column of SEARCHED) await dropIndex('task_result', [column, 'id'])
  for (const column of ['name', 'schedule_id']) await addIndex('task_result', [column])
  for (const column of ['retry_of', 'parent_id', 'error', 'due_time']) await dropColumn('task_result', column)
}
