import type { MigrationContext } from '../src/infra/migrator'

const TABLES = ['task_result', 'task_outbox']

/** What became of each task, and which are still to be done. */
export async function up(ctx: MigrationContext): Promise<void> {
  await createResults(ctx)
  await createOutbox(ctx)
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  for (const table of [...TABLES].reverse()) await dropTable(table)
}

async function createResults(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('task_result', {
    ...base.fixed,
    task_id: required(types.string(155)),
    status: required(types.string(64)),
    result: { type: types.text },
    date_done: { type: types.time },
    traceback: { type: types.text },
    name: { type: types.string(155) },
    args: { type: types.text },
    kwargs: { type: types.text },
    worker: { type: types.string(155) },
    retries: { type: types.integer },
    queue: { type: types.string(155) },
    starts: required(types.integer),
    started_time: { type: types.time },
    losses: required(types.integer),
    lease_time: { type: types.time },
    terminate_time: { type: types.time },
    expire_time: { type: types.time },
    progress: { type: types.integer },
    log: { type: types.text },
    request_id: { type: types.string(32) },
    user_id: { type: types.id },
    schedule_id: { type: types.id },
  })
  await addIndex('task_result', ['task_id'], { unique: true })
  await addIndex('task_result', ['date_done'])
  await addIndex('task_result', ['name'])
  await addIndex('task_result', ['schedule_id'])
}

async function createOutbox(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('task_outbox', {
    ...base.fixed,
    name: required(types.string(155)),
    queue: required(types.string(155)),
    due_time: required(types.time),
    push_time: required(types.time),
    unique_key: { type: types.string(64) },
  })
  await addIndex('task_outbox', ['push_time'])
  await addIndex('task_outbox', ['unique_key'], { unique: true })
}
