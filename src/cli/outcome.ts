/** Exit codes of every command. */
export const FAILED = 1
export const WRONG_USAGE = 2

/** Ends a command that did not do what it was asked to; an empty message says that everything has been said. */
export class Ended extends Error {
  constructor(
    readonly code: number,
    message = '',
  ) {
    super(message)
    this.name = 'Ended'
  }
}

/** What was asked for could not be done. The sentence says why and what to do. */
export const failed = (sentence = ''): Ended => new Ended(FAILED, sentence)

/** What was asked for cannot be asked for in this way. */
export const misused = (sentence: string): Ended => new Ended(WRONG_USAGE, sentence)
