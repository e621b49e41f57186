/** Which moments are asked for: after `from`, not after `to`, no more than `limit`. */
export interface Window {
  from: Date
  to: Date
  limit: number
}

/** Goes from one moment to the next until the window ends. */
export function timesIn({ from, to, limit }: Window, next: (after: Date) => Date | null): Date[] {
  const times: Date[] = []
  for (let time = next(from); time && time <= to && times.length < limit; time = next(time)) times.push(time)
  return times
}
