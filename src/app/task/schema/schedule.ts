import {
  PERIODS,
  bool,
  choice,
  filter,
  id,
  idFilter,
  int,
  moment,
  optionalMoment,
  optionalText,
  pageQuery,
  text,
  timestamp,
  z,
} from '#core'

const MOST_TEXT = 1_000_000
const DAY = 86_400

export const OVERLAPS = ['allow', 'skip', 'queue_one', 'cancel_old'] as const
export const CATCH_UPS = ['none', 'one', 'all'] as const
export const OUTCOMES = ['dispatched', 'held', 'skipped', 'missed'] as const

export const ScheduleParams = z.object({ pk: id() })

const timing = {
  type: choice(0, 1),
  interval_every: int().nullable().optional(),
  interval_period: z.enum(PERIODS).nullable().optional(),
  crontab: text(64).optional(),
  timezone: optionalText(64),
  start_time: optionalMoment(),
  expire_time: optionalMoment(),
}

/** What says when a schedule runs, for a look at the times before it is kept. */
export const ScheduleTiming = z.object(timing).meta({ id: 'ScheduleTiming' })
export type ScheduleTiming = z.output<typeof ScheduleTiming>

/** JSON text, as the pages send it, or the value itself. */
const jsonText = z.unknown().optional()

/** What is absent stays as it is; in a new schedule it has its usual value. */
export const ScheduleInput = z
  .object({
    ...timing,
    name: text(64, 1),
    task: text(155, 1),
    args: jsonText,
    kwargs: jsonText,
    queue: optionalText(155),
    exchange: optionalText(256),
    routing_key: optionalText(256),
    expire_seconds: int({ min: 0 }).nullable().optional(),
    one_off: bool().optional(),
    remark: optionalText(MOST_TEXT),
    overlap: z.enum(OVERLAPS).optional(),
    catch_up: z.enum(CATCH_UPS).optional(),
    catch_up_seconds: int({ min: 1, max: 31 * DAY })
      .nullable()
      .optional(),
    jitter_seconds: int({ min: 0, max: DAY }).optional(),
  })
  .meta({ id: 'ScheduleInput' })
export type ScheduleInput = z.output<typeof ScheduleInput>

export const ScheduleDetail = z
  .object({
    id: id(),
    name: z.string(),
    task: z.string(),
    args: z.string().nullable(),
    kwargs: z.string().nullable(),
    queue: z.string().nullable(),
    exchange: z.string().nullable(),
    routing_key: z.string().nullable(),
    start_time: timestamp().nullable(),
    expire_time: timestamp().nullable(),
    expire_seconds: z.int().nullable(),
    type: z.int(),
    interval_every: z.int().nullable(),
    interval_period: z.string().nullable(),
    crontab: z.string(),
    one_off: z.boolean(),
    remark: z.string().nullable(),
    enabled: z.boolean(),
    total_run_count: z.int(),
    last_run_time: timestamp().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
    timezone: z.string().nullable(),
    overlap: z.string(),
    catch_up: z.string(),
    catch_up_seconds: z.int().nullable(),
    jitter_seconds: z.int(),
    next_run_time: timestamp().nullable(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'ScheduleDetail' })
export type ScheduleDetail = z.input<typeof ScheduleDetail>

export const ScheduleList = z.object({
  ...pageQuery,
  name: filter(64),
  type: z.preprocess((value) => (value === '' ? undefined : value), int().optional()),
})
export type ScheduleList = z.output<typeof ScheduleList>

export const NextQuery = z.object({ count: int({ min: 1, max: 100 }).default(10) })

/** Times in DATETIME_TIMEZONE, and the same by the clock of the schedule's own zone. */
export const NextRuns = z
  .object({
    timezone: z.string(),
    times: z.array(z.object({ time: timestamp(), local_time: z.string() })),
  })
  .meta({ id: 'NextRuns' })
export type NextRuns = z.input<typeof NextRuns>

export const TickList = z.object({
  ...pageQuery,
  outcome: z.preprocess((value) => (value === '' ? undefined : value), z.enum(OUTCOMES).optional()),
})
export type TickList = z.output<typeof TickList>

export const TickDetail = z
  .object({
    id: id(),
    schedule_id: id(),
    due_time: timestamp(),
    last_due_time: timestamp().nullable(),
    ticks: z.int(),
    outcome: z.string(),
    reason: z.string().nullable(),
    message: z.string().nullable(),
    task_id: z.string().nullable(),
    created_time: timestamp(),
  })
  .meta({ id: 'TickDetail' })
export type TickDetail = z.input<typeof TickDetail>

export const Backfill = z.object({ from: moment(), to: moment() }).meta({ id: 'Backfill' })
export type Backfill = z.output<typeof Backfill>

export const BackfillAccepted = z
  .object({ task_id: z.string(), ticks: z.int() })
  .meta({ id: 'BackfillAccepted' })

/** `pk` of the schedule that would be changed; without it a new one is meant. */
export const ValidateQuery = z.object({ ...NextQuery.shape, pk: idFilter() })

export const ScheduleVerdict = z
  .object({
    valid: z.boolean(),
    errors: z.array(z.object({ field: z.string().nullable(), message: z.string() })),
    next: NextRuns.nullable(),
  })
  .meta({ id: 'ScheduleVerdict' })
export type ScheduleVerdict = z.input<typeof ScheduleVerdict>

export const WatchSchedule = z.object({ id: id() })
