import type { Call } from './call'
import { under } from './guard'
import { workingModules } from './working-modules'

/** What happens in the core that plugins may take part in. Plugins add events of their own by declaration merging. */
export interface HappeningMap {
  /** Inside the transaction that deletes the user, who is still there. */
  'user.deleting': { user_id: string }
}

export type Happening = keyof HappeningMap

/** Somebody who takes part; made by `listens()` and listed in `module({ listeners })`. */
export interface Listener {
  event: string
  when: 'inside' | 'after_commit'
  hear(call: Call, data: unknown): Promise<void>
}

/**
 * Takes part in what happens: `inside` the transaction of the change, where an error undoes the change, or
 * `after_commit`, where an error is logged and nothing else. A plugin that is switched off hears nothing.
 */
export const listens = <E extends Happening>(
  event: E,
  hear: (call: Call, data: HappeningMap[E]) => Promise<void>,
  when: Listener['when'] = 'inside',
): Listener => ({ event, when, hear })

/** Tells everybody who listens that something happens, in the order of the modules. */
export async function happens<E extends Happening>(
  call: Call,
  event: E,
  data: HappeningMap[E],
): Promise<void> {
  for (const { name: module, listeners = [] } of workingModules()) {
    const place = { module, what: `what listens to ${event}`, isBounded: true }
    for (const listener of listeners.filter((one) => one.event === event)) {
      const hear = async () => under(place, () => listener.hear(call, data))
      if (listener.when === 'inside') await hear()
      else call.afterCommit(hear)
    }
  }
}
