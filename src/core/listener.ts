import { reader } from '../infra/database'
import { Call } from './call'
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
 * `after_commit`, where an error is logged and nothing else; `call.db` is then a reader under the data rules of the
 * acting user, and what is to be one change is done `inTransaction`. A plugin that is switched off hears nothing.
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
      const hear = async (by: Call) => under(place, () => listener.hear(by, data))
      if (listener.when === 'inside') await hear(call)
      else call.afterCommit(() => afterwards(call, hear))
    }
  }
}

/** The transaction of the call has ended: whoever hears of it then gets one that can ask the database again. */
async function afterwards(call: Call, hear: (call: Call) => Promise<void>): Promise<void> {
  const { id, user, language, client, log } = call
  const later = new Call({ id, user, language, client, log, db: reader(call.db.rows) })
  await hear(later)
  await later.committed()
}
