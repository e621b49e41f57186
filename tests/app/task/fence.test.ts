import { setTimeout as pause } from 'node:timers/promises'
import { inTransaction, module, pushJobs, reader, runs, task, z, type BegunTask, type Starter } from '#core'
import { outboxCrud } from '../../../src/app/task/crud/outbox'
import { resultCrud, type ResultRow } from '../../../src/app/task/crud/result'
import { cancelMany } from '../../../src/app/task/service/cancel'
import { store } from '../../../src/app/task/service/store'
import { runTask } from '../../../src/core/run-task'
import { RunAgain } from '../../../src/infra/queue'
import { connectRedis } from '../../../src/infra/redis'
import { Turns } from '../../../src/infra/turns'
import { ask, ending, forgetTasks, reaches, resultOf } from '../../support/tasks'
import { signInAdmin, unique, useApp } from '#testing'

const Word = z.object({ word: z.string() })
const begun: string[] = []
const told: string[] = []
let isHeld = false

const plain = task({ name: 'test.plain', title: 'Say a word', payload: Word })
const held = task({ name: 'test.held', title: 'Wait until released', payload: Word })
const talking = task({ name: 'test.talking', title: 'Talk', payload: Word, attempts: 2, pause: 0.05 })

useApp(
  module({
    name: 'test-fence',
    version: '1.0.0',
    tasks: [
      runs(plain, async (_call, { word }) => begun.push(word)),
      runs(held, async (_call, { word }, { signal }) => {
        begun.push(word)
        while (isHeld) await pause(20, undefined, { signal })
      }),
      runs(talking, async (_call, { word }, run) => {
        run.log(`${word} ${run.retries}`)
        run.progress(40)
        told.push(word)
        if (run.retries === 0) throw new Error('once more')
      }),
    ],
  }),
)
forgetTasks()

const push = (row: Pick<ResultRow, 'id' | 'name'>) =>
  pushJobs([{ id: row.id, name: row.name ?? '', queue: 'celery', due_time: new Date() }])

/** A task as a dead worker leaves it. */
async function abandoned(word: string, values: Partial<ResultRow>) {
  const id = await ask(plain, { word }, { delay: 3600 })
  const row = await resultOf(id)
  await resultCrud.update(reader(), row.id, { status: 'STARTED', starts: 1, worker: 'dead', ...values })
  const broker = connectRedis('subscriber', 1)
  await broker.flushdb()
  broker.disconnect()
  return { id, row }
}

async function begunBy(id: string, starter: Starter): Promise<BegunTask> {
  const task = await store.begin(id, starter)
  if (typeof task === 'string' || 'later' in task) throw new Error('not begun')
  return task
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)

describe('a task that a worker has begun', () => {
  it('is not begun by another when its job is pushed again, as after a loss of Redis', async () => {
    const word = unique('word')
    isHeld = true
    const id = await ask(held, { word })
    const { id: row } = await reaches(id, 'STARTED')

    expect(await store.begin(row, { worker: 'another', frees_key: false, has_turn: true })).toEqual({
      later: expect.any(Number) as number,
    })

    isHeld = false
    expect(await ending(id)).toMatchObject({ status: 'SUCCESS', starts: 1 })
    expect(begun.filter((one) => one === word)).toHaveLength(1)
  })

  it('and has no turn for is handed back unrun, and that is no attempt', async () => {
    const word = unique('word')
    const id = await ask(plain, { word }, { delay: 3600 })
    const { id: row } = await resultOf(id)
    const turns = new Turns(1)
    await turns.take()
    const host = { worker: 'busy', turns, currentUser: () => Promise.reject(new Error('nobody asked')) }

    await expect(runTask({ id: row, name: plain.name }, host)).rejects.toThrow(RunAgain)

    expect(await resultOf(id)).toMatchObject({ status: 'PENDING', retries: 0, losses: 0, lease_time: null })
    expect(begun).not.toContain(word)
  })

  it('is begun anew when its worker has not been heard of, and the loss is counted', async () => {
    const { id, row } = await abandoned(unique('word'), { lease_time: ago(1) })

    await push(row)

    expect(await ending(id)).toMatchObject({ status: 'SUCCESS', starts: 2, losses: 1 })
  })

  it('waits for its turn before it is begun anew: whoever dies with others beside him is not to take it along', async () => {
    const { id, row } = await abandoned(unique('word'), { lease_time: ago(1) })
    const turns = new Turns(1)
    const end = await turns.take()
    const host = { worker: 'busy', turns, currentUser: () => Promise.reject(new Error('nobody asked')) }
    const job = { id: row.id, name: plain.name }

    await expect(runTask(job, host)).rejects.toThrow(RunAgain)
    expect(await resultOf(id)).toMatchObject({ status: 'STARTED', worker: 'dead', starts: 1, losses: 0 })

    end?.()
    await runTask(job, host)
    expect(await resultOf(id)).toMatchObject({ status: 'SUCCESS', starts: 2, losses: 1 })
  })

  it('is not begun in the commit that writes its end', async () => {
    const { row } = await abandoned(unique('word'), { lease_time: ago(1) })
    const starter = { worker: 'slow', frees_key: false, has_turn: true }
    const task = await begunBy(row.id, starter)
    await resultCrud.update(reader(), row.id, { lease_time: ago(1) })

    const [isOurs, again] = await Promise.all([
      store.finish(task, { status: 'SUCCESS', result: 1 }, { progress: null, log: null }),
      store.begin(row.id, starter),
    ])

    expect({ isOurs, again }).toEqual({ isOurs: true, again: { later: expect.any(Number) as number } })
    expect(await resultCrud.get(reader(), row.id)).toMatchObject({ status: 'SUCCESS', result: '1' })
  })

  it('is revoked also when it stops to run, to be tried again, in the moment of the wish', async () => {
    const { id, row } = await abandoned(unique('word'), { lease_time: ago(1) })
    const task = await begunBy(row.id, { worker: 'failing', frees_key: false, has_turn: true })
    const error = { exc_type: 'Error', exc_message: ['no'], exc_module: '' }
    const retry = { status: 'RETRY', failure: { error, traceback: 'no' }, at: ago(-60) } as const

    const cancelling = await inTransaction(async (db) => {
      await store.finish(task, retry, { progress: null, log: null }, db)
      const wish = cancelMany([row.id], true)
      await pause(100)
      return { wish }
    })

    expect(await cancelling.wish).toEqual({ revoked: 1, told: 0 })
    expect(await resultOf(id)).toMatchObject({ status: 'REVOKED' })
  })

  it('cannot be ended by the worker that has lost it', async () => {
    const { row } = await abandoned(unique('word'), { lease_time: ago(1) })
    const first = await begunBy(row.id, { worker: 'first', frees_key: false, has_turn: true })
    await resultCrud.update(reader(), row.id, { lease_time: ago(1) })
    const second = await begunBy(row.id, { worker: 'second', frees_key: false, has_turn: true })
    const news = { progress: null, log: null }

    expect(await store.finish(first, { status: 'SUCCESS', result: 1 }, news)).toBe(false)
    await store.note(first, { progress: 99, log: 'late' })
    expect(await store.finish(second, { status: 'SUCCESS', result: 2 }, news)).toBe(true)

    expect(await resultCrud.get(reader(), row.id)).toMatchObject({
      status: 'SUCCESS',
      result: '2',
      log: null,
    })
  })

  it('is closed as failed when it was lost too often', async () => {
    const { id, row } = await abandoned(unique('word'), { lease_time: ago(1), losses: 4 })

    await push(row)

    const end = await ending(id)
    expect(end.status).toBe('FAILURE')
    expect(end.result).toContain('took its worker with it 5 times')
    expect(await outboxCrud.get(reader(), row.id)).toBeNull()
  })

  it('is revoked instead of being begun anew when somebody wished that meanwhile', async () => {
    const word = unique('word')
    const { id, row } = await abandoned(word, { lease_time: ago(1), terminate_time: ago(2) })

    await push(row)

    expect((await ending(id)).status).toBe('REVOKED')
    expect(begun).not.toContain(word)
  })

  it('hears of the wish to end it from the database when Redis did not tell it', async () => {
    isHeld = true
    const id = await ask(held, { word: unique('word') })
    const { id: row } = await reaches(id, 'STARTED')

    await resultCrud.update(reader(), row, { terminate_time: new Date() })

    expect((await ending(id)).status).toBe('REVOKED')
    isHeld = false
  })

  it('can be handed back, which counts neither as a loss nor as an attempt', async () => {
    const { id, row } = await abandoned(unique('word'), { lease_time: ago(1) })
    const task = await begunBy(row.id, { worker: 'ending', frees_key: false, has_turn: true })

    await store.finish(task, { status: 'HANDED_BACK' }, { progress: null, log: 'half' })

    expect(await resultOf(id)).toMatchObject({ status: 'PENDING', result: null, losses: 1, log: 'half' })
    await push(row)
    expect(await ending(id)).toMatchObject({ status: 'SUCCESS', losses: 1, retries: 0 })
  })
})

it('a task whose arguments cannot be read ends as failed', async () => {
  const { id, row } = await abandoned(unique('word'), { status: 'PENDING', kwargs: '{' })

  await push(row)

  expect((await ending(id)).result).toContain('DecodeError')
  const admin = await signInAdmin()
  expect(await admin.post(`/tasks/${id}/retry`)).toFail(409, 'task.unreadable')
  const { data } = await admin.get(`/task-results?name=${plain.name}`)
  expect(data.items.find((one: { task_id: string }) => one.task_id === id)).toMatchObject({ kwargs: null })
})

it('what an attempt has told is there when its end is, and the next attempt adds to it', async () => {
  const word = unique('word')
  const id = await ask(talking, { word })

  const row = await ending(id)

  expect(row.log?.split('\n').map((line) => line.slice(20))).toEqual([`${word} 0`, `${word} 1`, ''])
  expect(row.progress).toBe(100)
})
