import { setTimeout as pause } from 'node:timers/promises'
import { Intake } from '../../src/infra/intake'

/** A queue in memory; what is taken stays in hand until it is put away. */
class Jobs {
  readonly inHand = new Map<number, () => void>()
  most = 4
  failures = 0
  /** How many were asked for at once. */
  readonly asked: number[] = []
  #waiting: number[]
  readonly intake = new Intake<number>({
    take: async (count) => {
      await pause(1)
      if (this.failures > 0) {
        this.failures -= 1
        throw new Error('away')
      }
      this.asked.push(count)
      return this.#waiting.splice(0, count)
    },
    work: (job) => new Promise<void>((resolve) => this.inHand.set(job, resolve)),
    most: () => this.most,
  })

  constructor(count: number) {
    this.#waiting = Array.from({ length: count }, (_, n) => n)
  }

  get left(): number {
    return this.#waiting.length
  }

  putAway(): void {
    for (const [job, resolve] of this.inHand) {
      this.inHand.delete(job)
      resolve()
    }
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(2)
}

describe('the intake of jobs', () => {
  it('takes as many as there is room for, and goes on as they are put away', async () => {
    const jobs = new Jobs(10)
    const running = jobs.intake.run()
    await until(() => jobs.inHand.size === 4)
    expect(jobs.left).toBe(6)

    jobs.most = 6
    jobs.putAway()
    await until(() => jobs.inHand.size === 6)
    expect(jobs.left).toBe(0)
    expect(jobs.asked).toEqual([4, 6])

    jobs.intake.end()
    jobs.putAway()
    await running
  })

  it('keeps fewer in hand when there is less room than before', async () => {
    const jobs = new Jobs(20)
    const running = jobs.intake.run()
    await until(() => jobs.inHand.size === 4)

    jobs.most = 1
    jobs.putAway()
    await until(() => jobs.inHand.size === 1)
    expect(jobs.left).toBe(15)

    jobs.intake.end()
    jobs.putAway()
    await running
  })

  it('takes none while it is paused', async () => {
    const jobs = new Jobs(3)
    await jobs.intake.pause(() => Promise.resolve())
    const running = jobs.intake.run()
    await pause(20)
    expect(jobs.left).toBe(3)

    await jobs.intake.resume(() => Promise.resolve())
    await until(() => jobs.inHand.size === 3)

    jobs.intake.end()
    jobs.putAway()
    await running
  })

  it('goes on after a fault', async () => {
    const jobs = new Jobs(2)
    jobs.failures = 1
    const running = jobs.intake.run()

    await until(() => jobs.inHand.size === 2)

    jobs.intake.end()
    jobs.putAway()
    await running
  })
})
