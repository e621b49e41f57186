import { randomUUID } from 'node:crypto'
import { GroupCommit } from './group-commit'
import { logger } from './logger'
import {
  endJobs,
  renewLocks,
  takeJobs,
  type JobEnd,
  type Lock,
  type QueueKeys,
  type TakenJob,
} from './queue-scripts'

/** The jobs of a queue that this process has taken: their locks are renewed until Redis knows how they ended. */
export class HeldJobs {
  readonly #held = new Set<string>()
  readonly #lock: Lock
  readonly #ends = new GroupCommit((ends: JobEnd[]) => this.#tell(ends))
  readonly #timer: NodeJS.Timeout

  /** @param lockMs until others take the jobs of a worker that died */
  constructor(
    private readonly queue: QueueKeys,
    lockMs: number,
  ) {
    this.#lock = { token: randomUUID(), milliseconds: lockMs }
    this.#timer = setInterval(() => void this.#renew(), lockMs / 3).unref()
  }

  /** As `takeJobs`; every one that is taken is ended some time. */
  async take(count: number, first?: string): Promise<TakenJob[]> {
    const jobs = await takeJobs(this.queue, this.#lock, count, first)
    for (const { id } of jobs) this.#held.add(id)
    return jobs
  }

  /**
   * Tells Redis together with others that end at about the same time. Where it cannot be told, the locks are not renewed
   * any more, so that the jobs are taken once again.
   * @returns once Redis knows
   */
  end(one: JobEnd): Promise<void> {
    return this.#ends.add(one)
  }

  /** What is not ended is left to those who take it once its lock has run out. */
  close(): void {
    clearInterval(this.#timer)
  }

  async #tell(ends: JobEnd[]): Promise<void[]> {
    try {
      const lost = await endJobs(this.queue, this.#lock, ends)
      if (lost.length > 0) logger.debug('jobs could not be put away: others have them by now', { ids: lost })
      return ends.map(() => undefined)
    } finally {
      for (const { id } of ends) this.#held.delete(id)
    }
  }

  async #renew(): Promise<void> {
    if (this.#held.size === 0) return
    try {
      const lost = await renewLocks(this.queue, this.#lock, [...this.#held])
      if (lost.length > 0) logger.debug('jobs are left to others: their locks have run out', { ids: lost })
    } catch (err) {
      logger.debug('locks of jobs could not be renewed', { err })
    }
  }
}
