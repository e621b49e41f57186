import Snowflake from 'snowflake-id'
import { unavailable } from '../common/errors'
import type { Grant } from './node-lease'

/** 2010-01-01 00:00 UTC+8, the epoch of the contract: ids have 19 digits until 2079, so text order is number order. */
export const ID_EPOCH = 1262275200000
const SEQUENCE_END = 4095
/** Bits of an id below its milliseconds: ten of the node and twelve of the sequence. */
const BELOW_TIME = 22n
/** A step back of the clock up to this is slept through; the process does nothing else meanwhile. */
const MAX_CLOCK_WAIT_MS = 100

/** Wall time in ms at which an id was made. */
export function timeOfId(id: string): number {
  return Number(BigInt(id) >> BELOW_TIME) + ID_EPOCH
}

/** No id made at this moment or later is below this one. @param time in ms */
export const firstIdAt = (time: number): string => String(BigInt(Math.max(time - ID_EPOCH, 0)) << BELOW_TIME)

/**
 * Makes ids under a grant. It guards `snowflake-id` 1.1.0, which left alone (read in its source and tried):
 * turns node 0 into 1 and 1023 into 0 (the field is set after construction instead);
 * after 4096 ids in one millisecond spins until the next and then repeats the first id of the old one;
 * and repeats itself when the clock steps back. Ids of one maker only ever go up.
 */
export class IdMaker {
  readonly #generators = new Map<number, Snowflake>()
  #grant: Grant | null = null
  #last = ''
  #lastStamp = 0
  /** The newest id, given out or not, and what made it. */
  #made: { by: Snowflake | null; id: bigint } = { by: null, id: 0n }

  /** @param onRefused called when ids were asked for and the grant has run out: renew it now */
  constructor(private readonly onRefused: () => void) {}

  /** Wall time of the newest id, 0 before the first. */
  get lastStamp(): number {
    return this.#lastStamp
  }

  use(grant: Grant | null): void {
    this.#grant = grant
  }

  /** Whether an id could be made right now. */
  get isReady(): boolean {
    return this.#grant !== null && !isOver(this.#grant, Date.now())
  }

  next(): string {
    for (;;) {
      const grant = this.#usable()
      const generator = this.#generator(grant.node)
      waitForClock(Math.max(this.#lastStamp, grant.after + 1))
      if (generator.seq >= SEQUENCE_END) waitForClock(generator.lastTime + 1)
      const id = this.#generate(generator)
      const stamp = generator.lastTime
      // Asked again after making: the process may have been stopped in between, for any length of time.
      if (isOver(grant, stamp) || stamp <= grant.after || id <= this.#last) continue
      this.#last = id
      this.#lastStamp = stamp
      return id
    }
  }

  /**
   * The package makes the first id of a node; from there they are counted on as it would count: the milliseconds that
   * passed above the bits of node and sequence, the sequence in the lowest twelve. It writes each id digit by digit,
   * which takes as long as fifty of these additions and showed in the time of every request.
   */
  #generate(generator: Snowflake): string {
    const { by, id } = this.#made
    if (generator !== by) {
      const first = generator.generate()
      this.#made = { by: generator, id: BigInt(first) }
      return first
    }
    const now = Date.now()
    const passed = now - generator.lastTime
    const step = passed === 0 ? 1 : -generator.seq
    generator.seq += step
    generator.lastTime = now
    const next = id + (BigInt(passed) << BELOW_TIME) + BigInt(step)
    this.#made = { by: generator, id: next }
    return String(next)
  }

  #usable(): Grant {
    if (this.#grant && !isOver(this.#grant, Date.now())) return this.#grant
    this.onRefused()
    throw unavailable('ids.no_lease')
  }

  #generator(node: number): Snowflake {
    const known = this.#generators.get(node)
    if (known) return known
    const made = new Snowflake({ offset: ID_EPOCH })
    made.mid = node
    this.#generators.set(node, made)
    return made
  }
}

function isOver(grant: Grant, stamp: number): boolean {
  return stamp > grant.until || performance.now() > grant.deadline
}

/** Blocks until the wall clock shows `time`; short by nature, since ids cannot be awaited. */
function waitForClock(time: number): void {
  const end = performance.now() + MAX_CLOCK_WAIT_MS
  for (let missing = time - Date.now(); missing > 0; missing = time - Date.now()) {
    if (missing > MAX_CLOCK_WAIT_MS || performance.now() > end) throw unavailable('ids.clock_back')
    if (missing > 1) Atomics.wait(SLEEPER, 0, 0, 1)
  }
}

const SLEEPER = new Int32Array(new SharedArrayBuffer(4))
