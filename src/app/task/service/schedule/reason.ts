import { AppError, InvalidInput, TimeRuleFault, env, t } from '#core'
import { BrokenArguments } from './arguments'

/** Why a tick did not lead to a task, or not to one of its own; the words lie under `tick.` in the locales. */
export const REASONS = [
  'too_late',
  'caught_up',
  'expired',
  'overlap',
  'held',
  'same_task',
  'task_unknown',
  'payload_invalid',
  'arguments_broken',
  'timing_broken',
  'disabled',
  'plugin_off',
  'backfill',
  'fault',
] as const

export type Reason = (typeof REASONS)[number]

/** Reasons that lie in the schedule itself, and stay until somebody changes it. */
const OWN_FAULTS = new Set<Reason>([
  'task_unknown',
  'payload_invalid',
  'arguments_broken',
  'timing_broken',
  'fault',
])

export const isOwnFault = (reason: Reason): boolean => OWN_FAULTS.has(reason)

export interface Refusal {
  reason: Reason
  detail: string | null
}

const MOST_CHARACTERS = 256

/** What kept a schedule from becoming a task; the detail is in the language of the installation. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof BrokenArguments) return { reason: 'arguments_broken', detail: error.field }
  if (error instanceof TimeRuleFault) return refusal('timing_broken', words(error.key, error.params))
  if (error instanceof RangeError) return refusal('timing_broken', error.message)
  if (error instanceof InvalidInput) return refusal('payload_invalid', issueOf(error))
  if (error instanceof AppError && error.key === 'plugin.disabled')
    return { reason: 'plugin_off', detail: String(error.params['name']) }
  if (error instanceof AppError && error.status === 404) return { reason: 'task_unknown', detail: null }
  return refusal('fault', error instanceof Error ? error.message : String(error))
}

function issueOf({ issues }: InvalidInput): string {
  const [first] = issues
  return first ? `${first.loc.slice(1).join('.')}: ${words(first.key, first.params)}` : ''
}

const refusal = (reason: Reason, detail: string): Refusal => ({
  reason,
  detail: detail.slice(0, MOST_CHARACTERS),
})

const words = (key: string, params?: Record<string, string | number>) =>
  t(env.I18N_DEFAULT_LANGUAGE, key, params)
