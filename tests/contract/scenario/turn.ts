import type { Client } from '#testing'

/** One valid call of an endpoint, or one that provokes an error. */
export interface Turn {
  /** Values of the path's parameters. */
  path?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  headers?: Record<string, string>
  /** Who calls, where it is not the usual caller of the endpoint's level. */
  as?: Client
}

export interface Scenario {
  /** Builds the state a successful call needs. */
  prepare(caller: SignedInCaller): Turn | Promise<Turn>
  /**
   * Fields whose values must exist or fit each other, so that a text of full length is refused for a reason that is
   * no matter of form.
   */
  meaningful?: string[]
  /** How each error that the contract lists for the endpoint comes about. */
  errors?: Record<string, Provocation | Elsewhere>
  /** The level where Steward differs from the contract, and why. */
  level?: { is: 'signed_in' | 'public'; because: string }
}

export type SignedInCaller = Client & { user: { id: string; username: string; uuid: string } }

export interface Provocation {
  prepare(caller: SignedInCaller): Turn | Promise<Turn>
  /** Puts right what was broken for it. */
  repair?(): void
  /** HTTP status and code where Steward answers differently, and why. */
  answers?: { status: number; code?: number; because: string }
}

/** An error that needs other settings or another moment than this run has; names the test file that provokes it. */
export interface Elsewhere {
  elsewhere: string
  /** Message key that the file expects. */
  key: string
}

export type Scenarios = Record<string, Scenario>

/** No row has this id. */
export const NOBODY = '1'
