import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  enqueue,
  giveUp,
  inTransaction,
  module,
  pushJobs,
  reader,
  removeJob,
  runs,
  systemCall,
  task,
  z,
  type Call,
} from '#core'
import { deptCrud } from '../../../src/app/admin/crud/dept'
import { outboxCrud } from '../../../src/app/task/crud/outbox'
import { resultCrud } from '../../../src/app/task/crud/result'
import { sweepOutbox } from '../../../src/app/task'
import { connectRedis } from '../../../src/infra/redis'
import { ask, ending, forgetTasks, reaches, resultOf } from '../../support/tasks'
import { buildUser, unique, useApp } from '#testing'

const Word = z.object({ word: z.string() })

/** What the tasks below did, by the word they were given. */
const done: { word: string; user: string | null; request: string }[] = []
const timesOf = (word: string) => done.filter((one) => one.word === word).length
const say = (call: Call, { word }: { word: string }) => {
  done.push({ word, user: call.user?.id ?? null, request: call.id })
}

const plain = task({ name: 'test.plain', title: 'Say a word', payload: Word })
const flaky = task({ name: 'test.flaky', title: 'Fail twice', payload: Word, attempts: 3, pause: 0.05 })
const broken = task({ name: 'test.broken', title: 'Fail', payload: Word, attempts: 2, pause: 0.05 })
const hopeless = task({ name: 'test.hopeless', title: 'Give up', payload: Word, attempts: 5, pause: 0.05 })
const once = task({ name: 'test.once', title: 'Only one at a time', payload: Word, unique: true })
const writing = task({
  name: 'test.writing',
  title: 'Write',
  payload: Word,
  transaction: true,
  attempts: 2,
  pause: 1,
})
const slow = task({ name: 'test.slow', title: 'Heed the signal', payload: Word, timeout: 1 })
const talking = task({ name: 'test.talking', title: 'Talk', payload: Word })

const untilAborted = (signal: AbortSignal) => pause(30_000, undefined, { signal })

const tasks = module({
  name: 'test-tasks',
  version: '1.0.0',
  tasks: [
    runs(plain, async (call, payload) => {
      say(call, payload)
      return { said: payload.word, password: 'hidden-1' }
    }),
    runs(flaky, async (call, payload, run) => {
      say(call, payload)
      if (run.retries < 2) throw new Error('not yet')
      return run.key
    }),
    runs(broken, async (call, payload) => {
      say(call, payload)
      throw new TypeError('never works')
    }),
    runs(hopeless, async (call, payload) => {
      say(call, payload)
      throw giveUp('no use')
    }),
    runs(once, async (call, payload) => say(call, payload)),
    runs(writing, async (call, { word }, run) => {
      await deptCrud.create(call.db, { name: word })
      if (run.retries === 0) throw new Error('after the change')
    }),
    runs(slow, async (_call, _payload, run) => untilAborted(run.signal)),
    runs(talking, async (_call, { word }, run) => {
      run.progress(40)
      run.log(`said ${word}`)
      return 40n
    }),
  ],
})

useApp(tasks)
forgetTasks()

describe('a task that was accepted', () => {
  it('runs once, and its result says what, when, where and how it ended', async () => {
    const word = unique('word')

    const row = await ending(await ask(plain, { word }))

    expect(row).toMatchObject({ status: 'SUCCESS', name: 'test.plain', queue: 'celery', retries: 0 })
    expect(JSON.parse(row.kwargs ?? '')).toEqual({ word })
    expect(row.worker).toMatch(/^celery@/)
    expect(row.date_done).toBeInstanceOf(Date)
    expect(timesOf(word)).toBe(1)
    expect(await outboxCrud.get(reader(), row.id)).toBeNull()
  })

  it('is there as PENDING from the moment of the commit', async () => {
    const id = await ask(plain, { word: unique('word') }, { delay: 3600 })

    expect(await resultOf(id)).toMatchObject({ status: 'PENDING', starts: 0, date_done: null })
  })

  it('never was when the transaction is rolled back', async () => {
    const word = unique('word')
    const ids: string[] = []

    await inTransaction(async (db) => {
      ids.push(await enqueue(systemCall(db), plain, { word }))
      throw new Error('rolled back')
    }).catch(() => undefined)

    expect(await resultCrud.byTaskId(reader(), ids[0] ?? '')).toBeNull()
    expect(timesOf(word)).toBe(0)
  })

  it('acts for the user who asked, with the id of the request', async () => {
    const user = await buildUser({ is_superuser: true })
    const [word, request_id] = [unique('word'), randomUUID().replaceAll('-', '')]
    const id = await ask(plain, { word }, { delay: 3600 })
    const { id: row } = await resultOf(id)
    await resultCrud.update(reader(), row, { user_id: user.id, request_id })
    await outboxCrud.update(reader(), row, { due_time: new Date(), push_time: new Date() })
    await removeJob('celery', row)

    await sweepOutbox()

    await ending(id)
    expect(done.find((one) => one.word === word)).toEqual({ word, user: user.id, request: request_id })
  })

  it('is refused when its payload does not fit', async () => {
    await expect(ask(plain, { word: 7 as unknown as string })).rejects.toMatchObject({ status: 422 })
  })

  it('is not begun once it has expired, but revoked', async () => {
    const word = unique('word')

    const row = await ending(await ask(plain, { word }, { expires: new Date(Date.now() - 1000) }))

    expect(row.status).toBe('REVOKED')
    expect(JSON.parse(row.result ?? '')).toMatchObject({
      exc_type: 'TaskRevokedError',
      exc_message: ['expired'],
    })
    expect(timesOf(word)).toBe(0)
  })
})

describe('a task that fails', () => {
  it('is tried again until it succeeds', async () => {
    const word = unique('word')

    const id = await ask(flaky, { word })

    expect(await ending(id)).toMatchObject({ status: 'SUCCESS', retries: 2, starts: 3, traceback: null })
    expect(timesOf(word)).toBe(3)
  })

  it('ends as FAILURE with the error after its last attempt', async () => {
    const word = unique('word')

    const row = await ending(await ask(broken, { word }))

    expect(row).toMatchObject({ status: 'FAILURE', retries: 1 })
    expect(JSON.parse(row.result ?? '')).toEqual({
      exc_type: 'TypeError',
      exc_message: ['never works'],
      exc_module: 'builtins',
    })
    expect(row.traceback).toContain('run.test.ts')
    expect(timesOf(word)).toBe(2)
  })

  it('is not tried again when it gives up', async () => {
    const word = unique('word')

    const row = await ending(await ask(hopeless, { word }))

    expect(row).toMatchObject({ status: 'FAILURE', retries: 0 })
    expect(timesOf(word)).toBe(1)
  })

  it('is told by its signal when its time is over', async () => {
    const row = await ending(await ask(slow, { word: 'slow' }))

    expect(row.status).toBe('FAILURE')
    expect(row.result).toContain('not done within 1 s')
  })

  it('fails when its result cannot be kept, with the progress and the log it had', async () => {
    const id = await ask(talking, { word: 'loud' })

    expect((await ending(id)).result).toContain('BigInt')
    while ((await resultOf(id)).log === null) await pause(25)
    const row = await resultOf(id)
    expect(row.log).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d said loud\n$/)
    expect(row.progress).toBe(40)
  })
})

describe('a task in a transaction', () => {
  it('takes back what a failed attempt changed, and takes effect once', async () => {
    const word = unique('dept').slice(0, 32)

    const id = await ask(writing, { word })
    await reaches(id, 'RETRY')
    expect(await deptCrud.count(reader(), { name: word })).toBe(0)

    expect(await ending(id)).toMatchObject({ status: 'SUCCESS', retries: 1 })
    expect(await deptCrud.count(reader(), { name: word })).toBe(1)
  })
})

describe('a unique task', () => {
  it('is accepted once while an equal one is not finished', async () => {
    const word = unique('word')
    const first = await ask(once, { word }, { delay: 3600 })

    expect(await ask(once, { word })).toBe(first)
    expect(await ask(once, { word: unique('word') })).not.toBe(first)
  })

  it('is accepted again afterwards', async () => {
    const word = unique('word')
    const first = await ask(once, { word })
    await ending(first)

    expect(await ask(once, { word })).not.toBe(first)
  })
})

describe('the outbox', () => {
  it('pushes what never reached the queue, and again what Redis has forgotten', async () => {
    const word = unique('word')
    const id = await ask(plain, { word }, { delay: 1 })
    const redis = connectRedis('commands', 1)
    await new Promise((resolve) => redis.once('ready', resolve))
    await redis.flushdb()
    redis.disconnect()
    const { id: row } = await resultOf(id)
    await outboxCrud.update(reader(), row, { push_time: new Date() })

    await sweepOutbox()

    await ending(id)
    expect(timesOf(word)).toBe(1)
  })

  it('does no harm when it pushes a task that is finished', async () => {
    const word = unique('word')
    const id = await ask(plain, { word })
    const { id: row } = await ending(id)

    await pushJobs([{ id: row, name: 'test.plain', queue: 'celery', due_time: new Date() }])
    await ending(await ask(plain, { word: unique('word') }))

    expect(timesOf(word)).toBe(1)
  })
})
