import { setTimeout as pause } from 'node:timers/promises'
import type { Answer, Client } from '../../support/client'

/** What the addresses of the plugin may answer. */
export type Allowed = readonly number[]

interface Sent {
  what: string
  from: number
  to: number
  answer: Pick<Answer, 'status' | 'body'>
}

/** Asks the same of several servers again and again until it is stopped, and keeps every answer. */
export class Load {
  /** Ids of the tasks that the plugin has accepted. */
  readonly accepted: string[] = []
  readonly #sent: Sent[] = []
  readonly #allowed: { since: number; statuses: Allowed }[] = []
  readonly #lanes: Promise<void>[]
  #isOver = false

  /** @param signedIn one client for each server */
  constructor(signedIn: Client[], allowed: Allowed) {
    this.allow(allowed)
    this.#lanes = signedIn.flatMap((client, at) => [
      this.#lane('other', () => client.get('/sys/users')),
      this.#lane('plugin', () => client.get('/busy')),
      this.#lane('plugin', () => this.#askForTask(client, at === 0)),
    ])
  }

  /** From now on: whoever asks meanwhile may be answered as before, too. */
  allow(statuses: Allowed): void {
    this.#allowed.push({ since: performance.now(), statuses })
  }

  /** Waits until every lane has been answered some more times. */
  async goOn(): Promise<void> {
    const wanted = this.#sent.length + this.#lanes.length * 5
    while (this.#sent.length < wanted && !this.#isOver) await pause(20)
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#lanes)
  }

  /** Every answer that nobody should have got. */
  get wrong(): string[] {
    return this.#sent.flatMap(({ what, from, to, answer }) => {
      const allowed = what === 'other' ? [200] : this.#allowedBetween(from, to)
      if (allowed.includes(answer.status)) return []
      return [`${what}: ${answer.status} instead of ${allowed.join(' or ')}: ${JSON.stringify(answer.body)}`]
    })
  }

  #allowedBetween(from: number, to: number): number[] {
    const during = this.#allowed.filter(({ since }, at) => {
      const until = this.#allowed[at + 1]?.since ?? Infinity
      return since <= to && until >= from
    })
    return during.flatMap(({ statuses }) => statuses)
  }

  async #askForTask(client: Client, apart: boolean): Promise<Answer> {
    const answer = await client.post('/busy/tasks', { delay: 0, apart })
    if (answer.status === 200) this.accepted.push(String(answer.data))
    return answer
  }

  async #lane(what: string, send: () => Promise<Answer>): Promise<void> {
    while (!this.#isOver) {
      const from = performance.now()
      const answer = await send().catch((error: unknown) => ({ status: 0, body: reasonOf(error) }))
      this.#sent.push({ what, from, to: performance.now(), answer })
      await pause(15)
    }
  }
}

const reasonOf = (error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error)
