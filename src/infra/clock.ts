let read: () => Date = () => new Date()

/** The current time. Everything that stores or compares times asks here. */
export const now = (): Date => read()

/**
 * For tests: time stands still at `at`, or is read from a function; without an argument the real clock is back.
 */
export function setClock(at?: Date | (() => Date)): void {
  if (at === undefined) read = () => new Date()
  else read = typeof at === 'function' ? at : () => new Date(at)
}
