import { setTimeout as pause } from 'node:timers/promises'
import { giveUp, module, redis, runs, task, z } from '#core'
import { deptCrud } from '../../src/app/admin/crud/dept'

const Word = z.object({ word: z.string() })
const declare = (name: string) => ({ name: `sandbox.${name}`, title: name, payload: Word, sandbox: true })

export const telling = task(declare('telling'))
export const busy = task({ ...declare('busy'), timeout: 1, grace: 0.5 })
export const endless = task({ ...declare('endless'), grace: 0.5 })
export const dying = task(declare('dying'))
export const hopeless = task({ ...declare('hopeless'), attempts: 3, pause: 0.05 })
export const flaky = task({ ...declare('flaky'), attempts: 2, pause: 0.05 })
export const writing = task({ ...declare('writing'), transaction: true, attempts: 2, pause: 0.05 })

/** Keeps the processor of its process busy and hears nothing. */
function spin(): never {
  for (;;) Math.random()
}

/** Tasks in sandboxes, for the worker of a test and for the processes it starts. */
export const sandboxTasks = module({
  name: 'sandbox-tasks',
  version: '1.0.0',
  tasks: [
    runs(telling, async (_call, { word }, run) => {
      run.log(`said ${word}`)
      run.progress(50)
      await pause(10)
      return { pid: process.pid, key: run.key, tick_time: run.tick_time }
    }),
    runs(busy, () => spin()),
    runs(endless, async (_call, { word }) => {
      await redis().set(`sandbox:${word}`, process.pid)
      spin()
    }),
    runs(dying, async (_call, { word }) => {
      process.kill(process.pid, word)
      await pause(60_000)
    }),
    runs(hopeless, () => Promise.reject(giveUp('no use'))),
    runs(flaky, async (_call, _payload, run) => {
      if (run.retries === 0) throw new TypeError('the first time')
      return run.retries
    }),
    runs(writing, async (call, { word }, run) => {
      await deptCrud.create(call.db, { name: word })
      if (run.retries === 0) process.kill(process.pid, 'SIGKILL')
      await pause(run.retries === 0 ? 60_000 : 0)
    }),
  ],
})
