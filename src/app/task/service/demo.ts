import { setTimeout as pause } from 'node:timers/promises'
import { giveUp, type TaskRun } from '#core'

const LONG_SECONDS = 30

/** Waits half a minute, and says how far it is. */
export async function wait(run: TaskRun): Promise<string> {
  for (let second = 0; second < LONG_SECONDS; second += 1) {
    await pause(1000, undefined, { signal: run.signal })
    run.progress(((second + 1) / LONG_SECONDS) * 100)
  }
  run.log('waited long enough')
  return `waited ${LONG_SECONDS} seconds`
}

/** Joins two words after a second; without the second one it fails, so that a failure can be seen too. */
export async function join({ hello, world }: { hello: string; world?: string | undefined }, run: TaskRun) {
  await pause(1000, undefined, { signal: run.signal })
  if (world === undefined) throw giveUp('the second word is missing')
  return hello + world
}
