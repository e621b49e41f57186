/** How a check ended. `notice` is worth a thought; only `broken` counts as a failure. */
export type State = 'ok' | 'notice' | 'broken' | 'skipped'

export interface Finding {
  name: string
  state: State
  /** What was found, as a phrase. */
  found: string
  /** What to do about it; only where something is to be done. */
  advice?: string
}

export const ok = (name: string, found: string): Finding => ({ name, state: 'ok', found })
export const skipped = (name: string, found: string): Finding => ({ name, state: 'skipped', found })
export const notice = (name: string, found: string, advice: string): Finding => ({
  name,
  state: 'notice',
  found,
  advice,
})
export const broken = (name: string, found: string, advice: string): Finding => ({
  name,
  state: 'broken',
  found,
  advice,
})

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
