import { setImmediate as rest } from 'node:timers/promises'

interface Waiting<I, O> {
  item: I
  resolve: (answer: O) => void
  reject: (error: unknown) => void
}

/** Items in one piece of work at most. */
const MOST = 500

/**
 * Does together what is asked for at about the same time: while one piece of work is under way, whatever comes waits
 * and is the next piece. Nobody waits longer than for the piece before and its own, and a transaction is shared.
 */
export class GroupCommit<I, O> {
  #waiting: Waiting<I, O>[] = []
  #isWorking = false

  /** @param work answers every item, in order, and does all of them or none */
  constructor(private readonly work: (items: I[]) => Promise<O[]>) {}

  /** @returns the answer for this item, once the piece of work that it was part of is done */
  add(item: I): Promise<O> {
    const answer = new Promise<O>((resolve, reject) => this.#waiting.push({ item, resolve, reject }))
    if (!this.#isWorking) {
      this.#isWorking = true
      void this.#workOff()
    }
    return answer
  }

  async #workOff(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What comes in the same turn of the event loop is part of it, also what follows from the piece before.
      await rest()
      const group = this.#waiting.splice(0, MOST)
      if (!(await this.#do(group)) && group.length > 1) {
        // One that cannot be done must not keep the others from it.
        for (const one of group) await this.#do([one])
      }
    }
    this.#isWorking = false
  }

  /** @returns false when a group failed; alone, an item is told of its failure */
  async #do(group: Waiting<I, O>[]): Promise<boolean> {
    try {
      const answers = await this.work(group.map(({ item }) => item))
      group.forEach(({ resolve }, at) => resolve(answers[at] as O))
      return true
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error)
      return false
    }
  }
}
