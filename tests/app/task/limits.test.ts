import { setTimeout as pause } from 'node:timers/promises'
import { ConnectionError } from 'sequelize'
import {
  conflict,
  env,
  giveUp,
  module,
  pushJobs,
  reader,
  redis,
  removeJob,
  runs,
  task,
  unavailable,
  z,
} from '#core'
import { outboxCrud } from '../../../src/app/task/crud/outbox'
import { resultCrud } from '../../../src/app/task/crud/result'
import { pauseBefore } from '../../../src/core/task-failure'
import { ask, ending, forgetTasks, resultOf } from '../../support/tasks'
import { unique, useApp } from '#testing'

const Word = z.object({ word: z.string() })

class Refused extends Error {}

let atOnce = 0
let most = 0
let tries = 0

const few = task({ name: 'test.few', title: 'Two at once', payload: Word, concurrency: 2 })
const plain = task({ name: 'test.plain', title: 'Say a word', payload: Word })
const refused = task({
  ...{ name: 'test.refused', title: 'Fail for good', payload: Word },
  ...{ attempts: 5, pause: 0.05, final_errors: [Refused] },
})
const deaf = task({ name: 'test.deaf', title: 'Do not listen', payload: Word, timeout: 0.2, grace: 0.2 })
const strange = task({ name: 'test.strange', title: 'Throw what is no error', payload: Word })

useApp(
  module({
    name: 'test-limits',
    version: '1.0.0',
    tasks: [
      runs(few, async () => {
        most = Math.max(most, (atOnce += 1))
        await pause(30)
        atOnce -= 1
      }),
      runs(plain, async () => null),
      runs(refused, async () => {
        tries += 1
        throw new Refused('no')
      }),
      runs(deaf, () => pause(5000)),
      runs(strange, async () => {
        throw Object.create(null)
      }),
    ],
  }),
)
forgetTasks()

describe('a task that runs only so often at once', () => {
  it('never runs more often, does not keep others waiting, and all of them end', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => ask(few, { word: unique('w') })))

    expect((await ending(await ask(plain, { word: 'a' }))).status).toBe('SUCCESS')
    for (const id of ids) expect((await ending(id)).status).toBe('SUCCESS')

    expect(most).toBe(2)
    expect(await redis().zcard(`${env.CELERY_REDIS_PREFIX}:places:${few.name}`)).toBe(0)
  })
})

describe('a task that nobody knows here', () => {
  const key = (id: string) => `${env.CELERY_REDIS_PREFIX}:unknown:${id}`

  async function unknown() {
    const id = await ask(plain, { word: 'a' }, { delay: 3600 })
    const { id: row } = await resultOf(id)
    const name = unique('other.task')
    await resultCrud.update(reader(), row, { name })
    await outboxCrud.update(reader(), row, { name })
    const push = () => pushJobs([{ id: row, name, queue: 'celery', due_time: new Date() }])
    return { id, row, push }
  }

  it('is left to workers that may know it', async () => {
    const { id, row, push } = await unknown()
    await removeJob('celery', row)

    await push()

    while ((await redis().get(key(row))) === null) await pause(20)
    expect(await resultOf(id)).toMatchObject({ status: 'PENDING', starts: 0 })
  })

  it('fails with its name when nobody took it for long', async () => {
    const { id, row, push } = await unknown()
    await removeJob('celery', row)
    await redis().set(key(row), Date.now() - env.TASK_UNKNOWN_SECONDS * 1000 - 1000)

    await push()

    const end = await ending(id)
    expect(end.status).toBe('FAILURE')
    expect(end.result).toContain(end.name)
  })
})

describe('errors', () => {
  it('that are declared as final are not tried again', async () => {
    expect(await ending(await ask(refused, { word: 'a' }))).toMatchObject({ status: 'FAILURE', retries: 0 })
    expect(tries).toBe(1)
  })

  it('may be anything that can be thrown', async () => {
    expect((await ending(await ask(strange, { word: 'a' }))).status).toBe('FAILURE')
  })

  it('of a function that goes on when its time is over say so', async () => {
    const { status, result } = await ending(await ask(deaf, { word: 'a' }))

    expect(status).toBe('FAILURE')
    expect(result).toContain('went on for 0.2 s although its signal told it to stop')
  })
})

describe('the pause before the next attempt', () => {
  const declared = { ...plain, attempts: 20, pause: 10 }
  const fault = new Error('x')

  it('doubles each time up to an hour, spread over the upper half', () => {
    for (let retries = 0; retries < 19; retries += 1) {
      const whole = Math.min(10 * 2 ** retries, 3600)
      const seconds = pauseBefore(declared, retries, fault) ?? 0
      expect(seconds).toBeGreaterThanOrEqual(whole / 2)
      expect(seconds).toBeLessThanOrEqual(whole)
    }
  })

  it('stays the same where the task says so, and ends with the attempts', () => {
    expect(pauseBefore({ ...declared, backoff: 'fixed' }, 18, fault)).toBeLessThanOrEqual(10)
    expect(pauseBefore(declared, 19, fault)).toBeNull()
    expect(pauseBefore(declared, 0, giveUp('no'))).toBeNull()
  })

  it('is long after an outage, and nothing else is tried again, where the task says nothing', () => {
    const away = [unavailable('ids.no_lease'), new Error('Connection is closed.'), new ConnectionError(fault)]

    for (const outage of away) expect(pauseBefore(plain, 0, outage)).toBeGreaterThanOrEqual(90)
    expect(pauseBefore(plain, env.CELERY_TASK_MAX_RETRIES, away[0])).toBeNull()
    for (const own of [fault, conflict('request.conflict')]) expect(pauseBefore(plain, 0, own)).toBeNull()
  })
})
