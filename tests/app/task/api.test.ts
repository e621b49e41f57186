import { setTimeout as pause } from 'node:timers/promises'
import { module, reader, redis, runs, task, z } from '#core'
import { outboxCrud } from '../../../src/app/task/crud/outbox'
import { purgeFinished } from '../../../src/app/task/service/retention'
import { resultCrud } from '../../../src/app/task/crud/result'
import { ask, ending, forgetTasks, reaches, resultOf } from '../../support/tasks'
import { signIn, unique, useApp } from '#testing'

const Word = z.object({ word: z.string(), second: z.string().optional() })
const plain = task({ name: 'test.plain', title: 'Say a word', payload: Word, positional: ['word'] })
const endless = task({ name: 'test.endless', title: 'Run until told to stop', payload: Word })

useApp(
  module({
    name: 'test-tasks',
    version: '1.0.0',
    tasks: [
      runs(plain, async (_call, { word }) => ({ word, api_token: 'hidden-1' })),
      runs(endless, async (_call, _payload, { signal }) => pause(60_000, undefined, { signal })),
    ],
  }),
)

forgetTasks()

const later = { delay: 3600 }
const KEY = 'fba:celery:workers'

/** As when every worker has died: none says that it lives. */
async function withoutWorkers(work: () => Promise<void>): Promise<void> {
  const names = await redis().smembers(KEY)
  await redis().del(KEY)
  await work()
  await redis().sadd(KEY, ...names)
}

describe('GET /tasks/registered', () => {
  it('lists every task of the live workers once, with the names that schedules use', async () => {
    const user = await signIn()

    const { data } = await user.get('/tasks/registered')

    expect(data).toContainEqual({ name: 'Say a word', task: 'test.plain' })
    expect(data).toContainEqual(expect.objectContaining({ task: 'celery.backend_cleanup' }))
    const names = data.map((one: { task: string }) => one.task)
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('fails with 500 when no worker lives', async () => {
    const user = await signIn()

    await withoutWorkers(async () => {
      expect(await user.get('/tasks/registered')).toFail(500, 'task.no_worker')
    })
  })
})

describe('POST /tasks/run', () => {
  it('runs a task with arguments with and without names, as the user who asked', async () => {
    const user = await signIn({ can: ['sys:task:exec'] })

    const answer = await user.post('/tasks/run', {
      task: 'test.plain',
      args: ['hello'],
      kwargs: { second: 'x' },
    })

    expect(answer).toSucceed()
    expect(await ending(answer.data.task_id)).toMatchObject({ status: 'SUCCESS', user_id: user.user.id })
  })

  it('knows no task of another name', async () => {
    const user = await signIn({ can: ['sys:task:exec'] })

    const answer = await user.post('/tasks/run', { task: unique('task') })

    expect(answer.status).toBe(422)
    expect(answer.data.errors[0].loc).toEqual(['body', 'task'])
  })

  it.each([
    [{ kwargs: { word: 7 } }, ['body', 'word']],
    [{ kwargs: {} }, ['body', 'word']],
    [{ args: ['a', 'b'] }, ['body', 'args']],
  ])('refuses %j with the field that does not fit', async (input, loc) => {
    const user = await signIn({ can: ['sys:task:exec'] })

    const answer = await user.post('/tasks/run', { task: 'test.plain', ...input })

    expect(answer.status).toBe(422)
    expect(answer.data.errors).toEqual([expect.objectContaining({ loc })])
  })
})

describe('DELETE /tasks/{task_id}/cancel', () => {
  it('revokes a waiting task at once', async () => {
    const user = await signIn({ can: ['sys:task:revoke'] })
    const id = await ask(plain, { word: 'a' }, later)

    expect(await user.delete(`/tasks/${id}/cancel`)).toSucceed()

    const row = await resultOf(id)
    expect(row.status).toBe('REVOKED')
    expect(row.date_done).toBeInstanceOf(Date)
    expect(JSON.parse(row.result ?? '')).toMatchObject({
      exc_type: 'TaskRevokedError',
      exc_message: ['revoked'],
    })
    expect(await outboxCrud.get(reader(), row.id)).toBeNull()
  })

  it('leaves a running task alone, and stops it when asked to terminate it', async () => {
    const user = await signIn({ can: ['sys:task:revoke'] })
    const id = await ask(endless, { word: 'a' })
    await reaches(id, 'STARTED')

    expect(await user.delete(`/tasks/${id}/cancel`)).toSucceed()
    expect((await resultOf(id)).status).toBe('STARTED')
    expect(await user.delete(`/tasks/${id}/cancel?terminate=true`)).toSucceed()

    expect((await ending(id)).status).toBe('REVOKED')
  })

  it('takes an unknown id for a task of the past', async () => {
    const user = await signIn({ can: ['sys:task:revoke'] })

    expect(await user.delete(`/tasks/${unique('id')}/cancel`)).toSucceed()
  })

  it('refuses a finished task', async () => {
    const user = await signIn({ can: ['sys:task:revoke'] })
    const id = await ask(plain, { word: 'a' })
    await ending(id)

    expect(await user.delete(`/tasks/${id}/cancel`)).toFail(409, 'task.finished')
  })

  it('fails with 500 when no worker lives', async () => {
    const user = await signIn({ can: ['sys:task:revoke'] })

    await withoutWorkers(async () => {
      expect(await user.delete(`/tasks/${unique('id')}/cancel`)).toFail(500, 'task.no_worker')
    })
  })
})

describe('/task-results', () => {
  it('shows a result with its JSON decoded and its secrets masked', async () => {
    const user = await signIn()
    const id = await ask(plain, { word: 'hello' })
    const row = await ending(id)

    const { data } = await user.get(`/task-results/${row.id}`)

    expect(data).toMatchObject({ id: row.id, task_id: id, status: 'SUCCESS', name: 'test.plain', retries: 0 })
    expect(data).toMatchObject({ args: [], kwargs: { word: 'hello' }, traceback: null, queue: 'celery' })
    expect(data.result).toEqual({ word: 'hello', api_token: '******' })
    expect(data.date_done).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  })

  it('has nothing under an unknown id', async () => {
    const user = await signIn()

    expect(await user.get('/task-results/1')).toFail(404, 'task_result.not_found')
  })

  it('lists the newest first, by part of the name and by the whole task id', async () => {
    const user = await signIn()
    const [first, second] = [await ask(plain, { word: 'a' }, later), await ask(plain, { word: 'b' }, later)]

    const byName = await user.get('/task-results?name=EST.PLA&size=2')
    const byId = await user.get(`/task-results?task_id=${first}`)
    const none = await user.get(`/task-results?task_id=${first.slice(0, -1)}`)

    expect(byName.data.items.map((one: { task_id: string }) => one.task_id)).toEqual([second, first])
    expect(byId.data).toMatchObject({ total: 1, items: [{ task_id: first, status: 'PENDING' }] })
    expect(none.data.items).toEqual([])
  })

  it('deletes finished results, and no task that has still to run', async () => {
    const user = await signIn({ can: ['sys:task:del'] })
    const done = await ending(await ask(plain, { word: 'a' }))
    const waiting = await resultOf(await ask(plain, { word: 'b' }, later))

    expect(await user.delete('/task-results', { pks: [done.id, waiting.id] })).toSucceed()
    expect(await user.delete('/task-results', { pks: [done.id, waiting.id] })).toMatchObject({
      status: 200,
      code: 400,
    })

    expect(await resultCrud.get(reader(), done.id)).toBeNull()
    expect(await resultCrud.get(reader(), waiting.id)).not.toBeNull()
  })

  it('forgets what finished longer ago than the settings keep it', async () => {
    const old = await ending(await ask(plain, { word: 'a' }))
    const fresh = await ending(await ask(plain, { word: 'a' }))
    await resultCrud.update(reader(), old.id, { date_done: new Date(Date.now() - 25 * 3_600_000) })

    await purgeFinished()

    expect(await resultCrud.get(reader(), old.id)).toBeNull()
    expect(await resultCrud.get(reader(), fresh.id)).not.toBeNull()
  })
})
