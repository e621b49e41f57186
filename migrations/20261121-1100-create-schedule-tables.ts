import type { MigrationContext } from '../src/infra/migrator'

const TABLES = ['task_scheduler', 'task_tick', 'task_seeded']

/** What is to run when, every time it was due, and which schedules the code has brought along already. */
export async function up(ctx: MigrationContext): Promise<void> {
  await createSchedules(ctx)
  await createTicks(ctx)
  await createSeeded(ctx)
  // Overlap asks for the unfinished tasks of a schedule; its finished ones may be a million.
  await ctx.addColumn('task_outbox', 'schedule_id', { type: ctx.types.id })
  await ctx.addIndex('task_outbox', ['schedule_id'])
}

export async function down({ dropTable, dropColumn, dropIndex }: MigrationContext): Promise<void> {
  await dropIndex('task_outbox', ['schedule_id'])
  await dropColumn('task_outbox', 'schedule_id')
  for (const table of [...TABLES].reverse()) await dropTable(table)
}

async function createSchedules(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('task_scheduler', {
    ...base.editable,
    name: required(types.string(64)),
    task: required(types.string(256)),
    args: { type: types.json },
    kwargs: { type: types.json },
    queue: { type: types.string(256) },
    exchange: { type: types.string(256) },
    routing_key: { type: types.string(256) },
    start_time: { type: types.time },
    expire_time: { type: types.time },
    expire_seconds: { type: types.integer },
    type: required(types.integer),
    interval_every: { type: types.integer },
    interval_period: { type: types.string(256) },
    crontab: { type: types.string(64) },
    one_off: required(types.boolean),
    enabled: required(types.boolean),
    total_run_count: required(types.integer),
    last_run_time: { type: types.time },
    remark: { type: types.text },
    timezone: { type: types.string(64) },
    overlap: required(types.string(16)),
    catch_up: required(types.string(16)),
    catch_up_seconds: { type: types.integer },
    jitter_seconds: required(types.integer),
    base_time: required(types.time),
    next_run_time: { type: types.time },
    problem: { type: types.string(256) },
  })
  await addIndex('task_scheduler', ['name'], { unique: true })
  await addIndex('task_scheduler', ['next_run_time'])
  await addIndex('task_scheduler', ['base_time'])
}

async function createTicks(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('task_tick', {
    ...base.fixed,
    schedule_id: required(types.id),
    due_time: required(types.time),
    last_due_time: { type: types.time },
    ticks: required(types.integer),
    outcome: required(types.string(16)),
    reason: { type: types.string(32) },
    detail: { type: types.string(256) },
    task_id: { type: types.string(155) },
  })
  await addIndex('task_tick', ['schedule_id', 'due_time'], { unique: true })
  await addIndex('task_tick', ['created_time'])
  await addIndex('task_tick', ['outcome'])
}

async function createSeeded(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('task_seeded', { ...base.fixed, task: required(types.string(155)) })
  await addIndex('task_seeded', ['task'], { unique: true })
}
