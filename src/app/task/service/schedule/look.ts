import { env, formatTime, now, type Call, type Page } from '#core'
import { tickCrud } from '../../crud/tick'
import type { NextRuns, ScheduleTiming, TickDetail, TickList } from '../../schema/schedule'
import { checkTiming } from './check'
import { planOf, timesUpTo, type Timing } from './plan'
import { beginning } from './position'
import { mustFind } from './schedule'
import { wordsOf } from './words'

type Span = Timing & { start_time: Date | null; expire_time: Date | null; last_run_time: Date | null }

const FAR_MS = 200 * 365 * 86_400_000

/** The next moments at which a schedule is due; none while it is switched off. @throws 404 */
export async function nextRuns(call: Call, id: string, count: number): Promise<NextRuns> {
  const row = await mustFind(call, id)
  const first = row.next_run_time
  return shown(row, first ? following(row, first, count) : [])
}

/** The moments at which it would be due. @throws 400 for a crontab, 422 for an interval or a zone */
export function preview(draft: ScheduleTiming, count: number): NextRuns {
  const blank = { interval_every: null, interval_period: null, crontab: '* * * * *', timezone: null }
  const span: Span = { ...blank, start_time: null, expire_time: null, last_run_time: null, ...draft }
  checkTiming(span)
  const first = beginning(span, now()).next_run_time
  return shown(span, first ? following(span, first, count) : [])
}

export function following(row: Span, first: Date, count: number): Date[] {
  const end = row.expire_time ? new Date(row.expire_time.getTime() - 1) : new Date(first.getTime() + FAR_MS)
  if (first > end) return []
  return [first, ...timesUpTo(planOf(row, first).next, first, end, count - 1)]
}

export function shown({ timezone }: Timing, times: Date[]): NextRuns {
  const zone = timezone ?? env.DATETIME_TIMEZONE
  return { timezone: zone, times: times.map((time) => ({ time, local_time: formatTime(time, zone) })) }
}

/** What came of the ticks of a schedule, the latest first. @throws 404 */
export async function ticks(call: Call, id: string, query: TickList): Promise<Page<TickDetail>> {
  await mustFind(call, id)
  const { items, total } = await tickCrud.list(call.db, query, id, query.outcome)
  const words = (reason: string | null, detail: string | null) => reason && wordsOf(call, reason, detail)
  return { items: items.map((tick) => ({ ...tick, message: words(tick.reason, tick.detail) })), total }
}
