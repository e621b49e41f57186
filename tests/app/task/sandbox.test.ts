import { setTimeout as pause } from 'node:timers/promises'
import { liveWorkers, module, reader, redis, runs, task, z } from '#core'
import { deptCrud } from '../../../src/app/admin/crud/dept'
import { useTaskRunner } from '../../../src/core/sandbox'
import {
  busy,
  dying,
  endless,
  flaky,
  hopeless,
  sandboxTasks,
  telling,
  writing,
} from '../../support/sandbox-tasks'
import { processCommand } from '../../support/steward-command'
import { ask, ending, forgetTasks, reaches } from '../../support/tasks'
import { signIn, unique, useApp } from '#testing'

const plain = task({ name: 'test.plain', title: 'Say a word', payload: z.object({ word: z.string() }) })

useTaskRunner(processCommand('tests/support/sandbox-runner.ts').at(-1) ?? '')
useApp(
  sandboxTasks,
  module({ name: 'test-sandbox', version: '1.0.0', tasks: [runs(plain, async () => null)] }),
)
forgetTasks()

const pidOf = (row: { result: string | null }) => (JSON.parse(row.result ?? '') as { pid: number }).pid

/** Whether a process is there. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a task in a sandbox', () => {
  it('runs in another process, which is kept for the next, and tells as any other', async () => {
    const tick_time = new Date()
    const id = await ask(telling, { word: 'a' }, { tick_time })

    const row = await ending(id)
    const next = await ending(await ask(telling, { word: 'b' }))

    expect(row).toMatchObject({ status: 'SUCCESS', progress: 100 })
    expect(row.log).toContain('said a')
    expect(JSON.parse(row.result ?? '')).toMatchObject({ key: id, tick_time: tick_time.toJSON() })
    expect(pidOf(row)).not.toBe(process.pid)
    expect(pidOf(next)).toBe(pidOf(row))
  }, 60_000)

  it('is killed when its time is over, while the worker lives on and runs other tasks', async () => {
    const [first, second] = [await ask(busy, { word: 'a' }), await ask(busy, { word: 'b' })]
    await reaches(first, 'STARTED')

    expect((await ending(await ask(plain, { word: 'a' }))).status).toBe('SUCCESS')
    expect(await liveWorkers()).toHaveLength(1)

    for (const id of [first, second]) {
      const { status, result } = await ending(id)
      expect(status).toBe('FAILURE')
      expect(result).toContain('not done within 1 s, and went on for 0.5 s')
    }
    expect((await ending(await ask(telling, { word: 'c' }))).status).toBe('SUCCESS')
  }, 60_000)

  it('is killed when it is terminated and does not hear it', async () => {
    const user = await signIn({ can: ['sys:task:revoke'] })
    const word = unique('word')
    const id = await ask(endless, { word })
    while ((await redis().get(`sandbox:${word}`)) === null) await pause(20)
    const pid = await redis().get(`sandbox:${word}`)

    expect(await user.delete(`/tasks/${id}/cancel?terminate=true`)).toSucceed()

    expect((await ending(id)).status).toBe('REVOKED')
    while (isAlive(Number(pid))) await pause(20)
  }, 60_000)

  it.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'])(
    'that takes its process with it by %s fails and says so',
    async (signal) => {
      const { status, result } = await ending(await ask(dying, { word: signal }))

      expect(status).toBe('FAILURE')
      expect(result).toContain(`the process of the task ended (${signal}) before the task did`)
      expect(result).toContain('WorkerLostError')
    },
    60_000,
  )

  it('is tried again, or not, as any other', async () => {
    const [again, not] = [await ask(flaky, { word: 'a' }), await ask(hopeless, { word: 'a' })]

    expect(await ending(again)).toMatchObject({ status: 'SUCCESS', retries: 1, result: '1' })
    const row = await ending(not)
    expect(row).toMatchObject({ status: 'FAILURE', retries: 0 })
    expect(row.result).toContain('GivenUp')
    expect(row.traceback).toContain('sandbox-tasks.')
  }, 60_000)

  it('in a transaction takes back what it changed when it is killed, and takes effect once', async () => {
    const word = unique('dept').slice(0, 32)

    const row = await ending(await ask(writing, { word }))

    expect(row).toMatchObject({ status: 'SUCCESS', retries: 1 })
    expect(await deptCrud.count(reader(), { name: word })).toBe(1)
  }, 60_000)
})
