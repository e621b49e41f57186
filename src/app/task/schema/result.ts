import { bool, filter, id, idFilter, ids, optionalMoment, pageQuery, text, timestamp, z } from '#core'

export const STATES = ['PENDING', 'RECEIVED', 'STARTED', 'SUCCESS', 'FAILURE', 'RETRY', 'REVOKED'] as const

export const TaskResultDetail = z
  .object({
    id: id(),
    task_id: z.string(),
    status: z.enum(STATES),
    result: z.unknown(),
    date_done: timestamp().nullable(),
    traceback: z.string().nullable(),
    name: z.string().nullable(),
    args: z.unknown(),
    kwargs: z.unknown(),
    worker: z.string().nullable(),
    retries: z.int().nullable(),
    queue: z.string().nullable(),
    progress: z.int().nullable(),
    log: z.string().nullable(),
    error: z.string().nullable().meta({ description: 'Why it failed, in one line' }),
    attempts: z.int().meta({ description: 'How often a worker has begun it' }),
    created_time: timestamp(),
    due_time: timestamp().nullable(),
    started_time: timestamp().nullable(),
    wait_time: z.int().nullable().meta({ description: 'Milliseconds from when it was due until it began' }),
    run_time: z.int().nullable().meta({ description: 'Milliseconds of the last attempt' }),
    user_id: id().nullable(),
    schedule_id: id().nullable(),
    tick_time: timestamp().nullable().meta({ description: 'Due time of the schedule that it runs for' }),
    parent_id: id().nullable().meta({ description: 'Result of the task that asked for it' }),
    retry_of: id().nullable().meta({ description: 'Result of the task that it repeats' }),
  })
  .meta({ id: 'TaskResultDetail' })
export type TaskResultDetail = z.input<typeof TaskResultDetail>

/** One state or several, as a list or with commas between. */
const states = () =>
  z
    .preprocess(
      (value) => (value === '' ? undefined : typeof value === 'string' ? value.split(',') : value),
      z.array(z.enum(STATES)).max(STATES.length).optional(),
    )
    .meta({ override: { type: 'string', examples: ['FAILURE,REVOKED'] } })

const conditions = {
  id: idFilter(),
  task_id: filter(155),
  name: filter(155).meta({ description: 'Part of the identifier' }),
  status: states(),
  queue: filter(155),
  worker: filter(155).meta({ description: 'Part of the name' }),
  schedule_id: idFilter(),
  parent_id: idFilter(),
  retry_of: idFilter(),
  text: filter(256).meta({ description: 'Beginnings of words of payload or error; all must be there' }),
  created_from: optionalMoment(),
  created_to: optionalMoment(),
  done_from: optionalMoment(),
  done_to: optionalMoment(),
}

/** What results are looked for by: ranges include their beginning, not their end. */
export const TaskFilter = z.object(conditions)
export type TaskFilter = z.output<typeof TaskFilter>

export const TaskResultList = z.object({
  ...pageQuery,
  ...conditions,
  cursor: idFilter().meta({ description: '`next_cursor` of the page before' }),
})
export type TaskResultList = z.output<typeof TaskResultList>

export const TaskResultIds = z.object({ pks: ids() })

/** Everything that matches; at least one condition, so that nobody takes them all by leaving one out. */
const matching = {
  ...conditions,
  dry_run: bool().default(true).meta({ description: 'Only tell how many match' }),
}

export const RetryMatching = z.object(matching).meta({ id: 'RetryMatching' })
export type RetryMatching = z.output<typeof RetryMatching>

export const CancelMatching = z
  .object({ ...matching, terminate: bool().default(false) })
  .meta({ id: 'CancelMatching' })
export type CancelMatching = z.output<typeof CancelMatching>

export const Matching = z
  .object({
    matching: z.int().meta({ description: 'At least that many where `is_exact` is false' }),
    is_exact: z.boolean(),
    task_id: z.string().nullable().meta({ description: 'The task that does it; null for a dry run' }),
  })
  .meta({ id: 'MatchingTasks' })
export type Matching = z.input<typeof Matching>

/** The filter as it stands in the payload of a task. */
export const StoredFilter = z
  .object({
    ...{ id: id(), task_id: text(155), name: text(155), queue: text(155), worker: text(155) },
    ...{
      schedule_id: id(),
      parent_id: id(),
      retry_of: id(),
      text: text(256),
      status: z.array(z.enum(STATES)),
    },
    ...{ created_from: z.iso.datetime(), created_to: z.iso.datetime() },
    ...{ done_from: z.iso.datetime(), done_to: z.iso.datetime() },
  })
  .partial()
