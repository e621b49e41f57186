import { zoneOffset } from '../zone'

/** A stretch of time in which the clock of a zone runs evenly: local time is `time + offset`. */
export interface ClockSpan {
  /** Included; minus infinity for the first of a list. */
  start: number
  /** Not included; infinity for the last of a list. */
  end: number
  offset: number
}

/** No zone has ever changed its clock twice within this. */
const STEP_MS = 6 * 3_600_000
/** Clocks were put back by 23 hours at most; local time and UTC never differ by more than 14. */
const REACH_MS = 26 * 3_600_000

/** The stretches between two moments, in order. A zone is asked every six hours; changes are found by halving. */
export function spansBetween(zone: string, from: number, to: number): ClockSpan[] {
  let at = Math.floor(from / STEP_MS) * STEP_MS
  let current: ClockSpan = { start: -Infinity, end: Infinity, offset: zoneOffset(at, zone) }
  const spans = [current]
  while (at < to) {
    const next = at + STEP_MS
    const offset = zoneOffset(next, zone)
    if (offset !== current.offset) {
      current.end = changeBetween(zone, at, next)
      current = { start: current.end, end: Infinity, offset }
      spans.push(current)
    }
    at = next
  }
  return spans
}

/** The moment at which the new offset begins. */
function changeBetween(zone: string, before: number, after: number): number {
  const old = zoneOffset(before, zone)
  let [low, high] = [before, after]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (zoneOffset(middle, zone) === old) low = middle
    else high = middle
  }
  return high
}

/** The stretches around a moment in which anything can lie that its local time has to do with. */
export const spansAround = (zone: string, time: number): ClockSpan[] =>
  spansBetween(zone, time - REACH_MS, time + REACH_MS)

/** Until here `spansAround` has seen every change of the clock. */
export const seenUntil = (time: number): number => time + REACH_MS

/** The moment at which the clock first shows this local time or a later one. */
export function firstShown(zone: string, local: number): number {
  for (const span of spansAround(zone, local)) {
    const time = Math.max(span.start, local - span.offset)
    if (time < span.end) return time
  }
  throw new Error(`the clock of ${zone} never shows ${new Date(local).toISOString()}`)
}

/** The latest local time that the clock has shown until a moment: more than it shows now when it was put back. */
export function latestShown(zone: string, time: number): number {
  const past = spansAround(zone, time).filter((span) => span.start <= time)
  return Math.max(...past.map((span) => (span.end > time ? time : span.end - 1) + span.offset))
}
