import { setTimeout as pause } from 'node:timers/promises'
import { module, redis, runs, task, z } from '#core'
import { deptCrud } from '../../src/app/admin/crud/dept'

export const Word = z.object({ word: z.string() })

/** Its effect is a row, committed with its success. */
export const writing = task({
  ...{ name: 'crash.writing', title: 'Write', payload: Word, transaction: true },
  ...{ attempts: 5, pause: 0.2 },
})
/** Leaves nothing but its result. */
export const plain = task({
  name: 'crash.plain',
  title: 'Say nothing',
  payload: Word,
  attempts: 5,
  pause: 0.2,
})
/** Its effect lies elsewhere; it counts how often it was begun. */
export const counting = task({
  name: 'crash.counting',
  title: 'Count',
  payload: Word,
  attempts: 3,
  pause: 0.1,
})
/** Takes its time, and says who ran it. */
export const slow = task({
  name: 'crash.slow',
  title: 'Take your time',
  payload: Word,
  attempts: 5,
  pause: 0.2,
})
/** Takes its worker with it, every time. */
export const killing = task({ name: 'crash.killing', title: 'Kill the worker', payload: Word })

export const crashTasks = module({
  name: 'crash-tasks',
  version: '1.0.0',
  tasks: [
    runs(writing, async (call, { word }) => {
      await deptCrud.create(call.db, { name: word })
      await pause(Math.random() * 20)
    }),
    runs(plain, () => Promise.resolve()),
    runs(counting, async (_call, { word }, run) => {
      await redis().incr(`crash:${word}`)
      await pause(Math.random() * 40)
      if (run.retries === 0 && word.endsWith('7')) throw new Error('the first time')
    }),
    runs(slow, async () => {
      await pause(1500)
      return { pid: process.pid }
    }),
    runs(killing, () => {
      process.kill(process.pid, 'SIGKILL')
      return pause(10_000)
    }),
  ],
})
