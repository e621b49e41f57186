import type { Code } from './code'
import type { Cost } from './cost'
import type { Manifest } from './manifest'
import type { Turnstile } from './turnstile'

/** `on` answers and works, `off` was switched off by somebody, `set_aside` cannot be used for a reason. */
export type PluginState = 'on' | 'off' | 'set_aside'

/** A plugin as this process knows it. */
export interface Plugin {
  name: string
  folder: string
  /** Null where `plugin.json` cannot be read. */
  manifest: Manifest | null
  state: PluginState
  /** As in `Found`. */
  stamp: string
  /** Why it is set aside; of one that works, what it did wrong last. In English. */
  reason: string | null
  /** Whether it is set aside for what may be over at the next look: the database or Redis did not answer. */
  isPassing: boolean
  /** Null where its code was not or could not be loaded. */
  code: Code | null
  /** What loading and starting took; null where that failed. */
  cost: Cost | null
  stop: (() => Promise<void>) | null
  /** Requests that are being answered by it. */
  readonly requests: Turnstile
}
