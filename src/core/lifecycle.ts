import { logger } from '../infra/logger'

type Stop = () => Promise<void> | void

/** Things that were started, in order; stopped in reverse. */
export class Lifecycle {
  readonly #started: { name: string; stop: Stop; seconds: number }[] = []
  #stopping: Promise<void> | null = null

  /** @param seconds how long its stop may take before the next one's turn comes anyway */
  onStop(name: string, stop: Stop, seconds = 10): void {
    this.#started.push({ name, stop, seconds })
  }

  /** True from the first moment of stopping, so that readiness says no before anything is closed. */
  get isStopping(): boolean {
    return this.#stopping !== null
  }

  /** Stops everything, latest first. Calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    await Promise.resolve() // `isStopping` is true before the first stop runs
    // One at a time from the end: what a start under way still adds is stopped too.
    for (let part = this.#started.pop(); part; part = this.#started.pop()) {
      await stopPart(part)
    }
  }
}

async function stopPart({
  name,
  stop,
  seconds,
}: {
  name: string
  stop: Stop
  seconds: number
}): Promise<void> {
  try {
    await within(seconds * 1000, (async () => stop())(), name)
  } catch (err) {
    logger.error(`could not stop ${name} cleanly`, { err })
  }
}

function within(ms: number, work: Promise<void>, name: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not stop within ${ms / 1000} s`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
