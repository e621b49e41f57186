/** Thrown by `QueueUp.run` when the waiting line is full. */
export class LineFull extends Error {}

/** Lets a few pieces of asynchronous work run at once and a bounded number wait for their turn. */
export class QueueUp {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly atOnce: number,
    private readonly inLine: number,
  ) {}

  /** @throws LineFull without starting the work */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running++
    else await this.lineUp()
    try {
      return await work()
    } finally {
      this.handOver()
    }
  }

  private lineUp(): Promise<void> {
    if (this.waiting.length >= this.inLine) throw new LineFull('too many are waiting')
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** The place goes straight to the next in line, so that nobody can slip in between. */
  private handOver(): void {
    const next = this.waiting.shift()
    if (next) next()
    else this.running--
  }
}
