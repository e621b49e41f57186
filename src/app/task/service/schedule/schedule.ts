import { notFound, now, type Call, type Page } from '#core'
import { scheduleCrud, type ScheduleRow } from '../../crud/schedule'
import type { ScheduleDetail, ScheduleInput, ScheduleList } from '../../schema/schedule'
import { shownArguments, textOf } from './arguments'
import { check } from './check'
import { beginning, resumption } from './position'
import { wordsOf } from './words'

/** A new schedule before its fields are filled in. */
const BLANK = {
  ...{ args: null, kwargs: null, queue: null, exchange: null, routing_key: null, remark: null },
  ...{ start_time: null, expire_time: null, expire_seconds: null, last_run_time: null },
  ...{ interval_every: null, interval_period: null, crontab: '* * * * *', timezone: null },
  ...{ one_off: false, overlap: 'allow', catch_up: 'one', catch_up_seconds: null, jitter_seconds: 0 },
}

/** What, when it changes, makes the schedule begin anew. */
const TIMING = ['type', 'interval_every', 'interval_period', 'crontab', 'timezone', 'start_time'] as const

/** @throws 404 */
export async function get(call: Call, id: string): Promise<ScheduleDetail> {
  return detailOf(call, await mustFind(call, id))
}

export async function mustFind(call: Call, id: string): Promise<ScheduleRow> {
  const row = await scheduleCrud.get(call.db, id)
  if (!row) throw notFound('scheduler.not_found')
  return row
}

export async function all(call: Call): Promise<ScheduleDetail[]> {
  return (await scheduleCrud.all(call.db)).map((row) => detailOf(call, row))
}

export async function list(call: Call, query: ScheduleList): Promise<Page<ScheduleDetail>> {
  const { items, total } = await scheduleCrud.list(call.db, query, query)
  return { items: items.map((row) => detailOf(call, row)), total }
}

/** @throws as `check` */
export async function create(call: Call, input: ScheduleInput): Promise<void> {
  const draft = { ...BLANK, ...normal(input) }
  await check(call, draft, null)
  await scheduleCrud.create(call.db, { ...draft, ...beginning(draft, now()) })
}

/** The schedule that would come of the input. @throws 404 */
export async function draftOf(call: Call, input: ScheduleInput, id: string | null) {
  return { ...(id === null ? BLANK : await mustFind(call, id)), ...normal(input) }
}

/** Changes what is given; checked is what comes of it. @throws 404; else as `check` */
export async function update(call: Call, id: string, input: ScheduleInput): Promise<void> {
  const row = await mustLock(call, id)
  const changes = normal(input)
  const draft = { ...row, ...changes }
  await check(call, draft, id)
  const isRetimed = TIMING.some((field) => valueOf(draft[field]) !== valueOf(row[field]))
  const position = row.enabled && (isRetimed || row.problem !== null) ? beginning(draft, now()) : {}
  await scheduleCrud.update(call.db, id, { ...changes, ...position, problem: null })
}

/** Switches it on or off. @throws 404; 400 or 422 when its timing cannot be read */
export async function toggle(call: Call, id: string): Promise<void> {
  const row = await mustLock(call, id)
  if (row.enabled) {
    await scheduleCrud.update(call.db, id, { enabled: false, next_run_time: null })
    return
  }
  await check(call, row, id)
  const position = resumption(row, now())
  await scheduleCrud.update(call.db, id, { enabled: true, problem: null, ...position })
}

/** Its ticks stay until they are old. @throws 404 */
export async function remove(call: Call, id: string): Promise<void> {
  if ((await scheduleCrud.remove(call.db, [id])) === 0) throw notFound('scheduler.not_found')
}

/** The scheduler may have the row; then its turn is over first. */
async function mustLock(call: Call, id: string): Promise<ScheduleRow> {
  const row = await scheduleCrud.lock(call.db, id)
  if (!row) throw notFound('scheduler.not_found')
  return row
}

/** Arguments become the text that the column keeps; what was not given is left out. */
function normal({ args, kwargs, ...rest }: ScheduleInput) {
  return {
    ...rest,
    ...(args === undefined ? {} : { args: textOf(args) }),
    ...(kwargs === undefined ? {} : { kwargs: textOf(kwargs) }),
  }
}

const valueOf = (value: unknown) => (value instanceof Date ? value.getTime() : value)

function detailOf(call: Call, row: ScheduleRow): ScheduleDetail {
  return {
    ...row,
    ...shownArguments(call, row),
    crontab: row.crontab ?? BLANK.crontab,
    problem: row.problem && wordsOf(call, row.problem),
  }
}
