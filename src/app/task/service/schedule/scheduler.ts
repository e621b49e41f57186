import { inTransaction, logger, now, reader } from '#core'
import { scheduleCrud, type ScheduleRow } from '../../crud/schedule'
import { dispatchAllDue } from './dispatch'
import { releaseHeld } from './held'
import { beginning, type Position } from './position'
import { Seeder } from './seed'

/** How often a scheduler looks, however long there is nothing to do: an edit takes effect within it. */
const LOOK_MS = 1000
/** A clock that differs by less is no reason to doubt what is recorded. */
const CLOCK_TOLERANCE_MS = 60_000
const BATCH = 500

/** The role `scheduler`: sends due work until it is ended. Any number may run, in any number of processes. */
export function startScheduler(): () => Promise<void> {
  const scheduler = new Scheduler()
  const running = scheduler.run()
  return async () => {
    scheduler.end()
    await running
  }
}

class Scheduler {
  #isOver = false
  #wake: () => void = () => undefined
  readonly #seeder = new Seeder()

  async run(): Promise<void> {
    while (!this.#isOver) {
      const pause = await this.#turn()
      if (!this.#isOver) await this.#sleep(pause)
    }
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  /** @returns milliseconds until the next look */
  async #turn(): Promise<number> {
    try {
      await this.#seeder.seed()
      await setBackAhead()
      await releaseHeld()
      await dispatchAllDue(() => this.#isOver)
      return await untilNext()
    } catch (err) {
      logger.warn('schedules could not be looked after; trying again', { err })
      return LOOK_MS
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

async function untilNext(): Promise<number> {
  const next = await scheduleCrud.nextDue(reader())
  const left = next ? next.getTime() - now().getTime() : LOOK_MS
  return Math.min(LOOK_MS, Math.max(1, left))
}

/**
 * Schedules that were dealt with in what is the future now: the clock was wrong, and they would wait for that moment.
 * They go on from now; what was dispatched for a moment already is not again when that comes.
 * @returns how many there were
 */
export async function setBackAhead(): Promise<number> {
  const limit = new Date(now().getTime() + CLOCK_TOLERANCE_MS)
  if (!(await scheduleCrud.hasAhead(reader(), limit))) return 0
  return inTransaction(async (db) => {
    const rows = await scheduleCrud.lockAhead(db, limit, BATCH)
    const moment = now()
    await scheduleCrud.advance(
      db,
      rows.map((row) => ({ ...row, ...anew(row, moment) })),
    )
    logger.warn('the clock went back: schedules go on from now', { schedules: rows.length })
    return rows.length
  })
}

/** A row that cannot be read is due at once: then its reason is shown. */
function anew(row: ScheduleRow, moment: Date): Position {
  try {
    return beginning(row, moment)
  } catch {
    return { base_time: moment, next_run_time: moment }
  }
}
