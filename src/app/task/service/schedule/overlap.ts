import type { Call } from '#core'
import { outboxCrud } from '../../crud/outbox'
import type { ScheduleRow } from '../../crud/schedule'
import { tickCrud } from '../../crud/tick'
import { stopTasks } from '../cancel'

export const OVERLAPS = ['allow', 'skip', 'queue_one', 'cancel_old'] as const

/** What is under way of one schedule. */
interface Busy {
  /** Ids of unfinished tasks; those accepted in this very turn are counted, not listed. */
  tasks: string[]
  isHeld: boolean
}

/** Decides, tick by tick, what may begin while tasks of earlier ticks are not finished. */
export class Overlaps {
  private constructor(private readonly busy: Map<string, Busy>) {}

  /**
   * Reads what is under way of those schedules that care.
   * @param isRelease the held ticks themselves are to begin, and keep nobody from it
   */
  static async read(call: Call, rows: ScheduleRow[], { isRelease = false } = {}): Promise<Overlaps> {
    const ids = rows.filter((row) => row.overlap !== 'allow').map((row) => row.id)
    const busy = new Map(ids.map((id): [string, Busy] => [id, { tasks: [], isHeld: false }]))
    if (ids.length === 0) return new Overlaps(busy)
    for (const { id, schedule_id } of await outboxCrud.ofSchedules(call.db, ids))
      busy.get(schedule_id ?? '')?.tasks.push(id)
    if (isRelease) return new Overlaps(busy)
    for (const { schedule_id } of await tickCrud.held(call.db, ids.length, ids)) {
      const one = busy.get(schedule_id)
      if (one) one.isHeld = true
    }
    return new Overlaps(busy)
  }

  /** What to do with the next tick of a schedule; from then on it counts as under way. */
  async verdict(call: Call, row: ScheduleRow): Promise<'run' | 'hold' | 'skip'> {
    const busy = this.busy.get(row.id)
    if (!busy) return 'run'
    if (row.overlap === 'cancel_old') await this.#cancel(call, busy)
    if (busy.tasks.length === 0 && !busy.isHeld) {
      busy.tasks.push('')
      return 'run'
    }
    if (row.overlap !== 'queue_one' || busy.isHeld) return 'skip'
    busy.isHeld = true
    return 'hold'
  }

  /** Takes back that a tick counts as under way: it led to no task. */
  release(row: ScheduleRow): void {
    this.busy.get(row.id)?.tasks.pop()
  }

  async #cancel(call: Call, busy: Busy): Promise<void> {
    const ids = busy.tasks.filter((id) => id !== '')
    await stopTasks(call, ids, true)
    busy.tasks = []
  }
}
