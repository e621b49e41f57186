import type { Cron } from './cron'
import { firstShown, latestShown, seenUntil, spansAround } from './clock-span'
import { nextLocal } from './local-match'
import { timesIn, type Window } from './window'

/** Nobody plans beyond it, and dates end somewhere. */
const LAST = Date.UTC(9000, 0, 1)
const FIRST = Date.UTC(1800, 0, 1)

/**
 * The first moment strictly after `after` at which a crontab is due by the clock of an IANA zone.
 *
 * Where clocks are changed:
 * - A crontab that names certain hours runs once for each local time it names: at the moment the clock first shows that
 *   time or a later one. So a time that is left out (02:30 in spring) runs when the clock jumps, several of them once;
 *   and a time that comes twice (02:30 in autumn) runs the first time only.
 * - A crontab that names all 24 hours is meant as a rhythm and follows the time that passes: it runs whenever the clock
 *   shows a time it names, in autumn both times, and not for times that are left out.
 * @returns null when it is never due again (in the next fifty years)
 * @throws RangeError for an unknown zone or an invalid date
 */
export function nextTime(cron: Cron, zone: string, after: Date): Date | null {
  const from = after.getTime()
  if (Number.isNaN(from)) throw new RangeError('not a time')
  if (from >= LAST) return null
  const start = Math.max(from, FIRST)
  const time = cron.hours.length === 24 ? nextOfRhythm(cron, zone, start) : nextOfHours(cron, zone, start)
  return time === null ? null : new Date(time)
}

/** The moments of a window at which a crontab is due, in order. @throws RangeError as `nextTime` */
export const timesBetween = (cron: Cron, zone: string, window: Window): Date[] =>
  timesIn(window, (after) => nextTime(cron, zone, after))

/** Local times up to the latest one ever shown have had their turn; each later one comes when it is first shown. */
function nextOfHours(cron: Cron, zone: string, from: number): number | null {
  const local = nextLocal(cron, latestShown(zone, from))
  return local === null ? null : firstShown(zone, local)
}

function nextOfRhythm(cron: Cron, zone: string, from: number): number | null {
  for (const span of spansAround(zone, from)) {
    if (span.end <= from) continue
    const local = nextLocal(cron, Math.max(from, span.start - 1) + span.offset)
    if (local === null) return null
    const time = local - span.offset
    if (time < span.end && time <= seenUntil(from)) return time
  }
  return nextFarOff(cron, zone, from)
}

/** Later than a day from now nothing is shown for the second time that was not shown first after `from`. */
function nextFarOff(cron: Cron, zone: string, from: number): number | null {
  let local = nextLocal(cron, latestShown(zone, from))
  while (local !== null) {
    const time = firstShown(zone, local)
    const [span] = spansAround(zone, time).filter((one) => one.start <= time && time < one.end)
    const shown = time + (span?.offset ?? 0)
    if (shown === local) return time
    local = nextLocal(cron, shown - 1)
  }
  return null
}
