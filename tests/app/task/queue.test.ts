import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { connectRedis, env, module, redis, runs, task, z } from '#core'
import { ask, ending, forgetTasks, reaches, resultOf } from '../../support/tasks'
import { signIn, unique, useApp } from '#testing'

const Word = z.object({ word: z.string() })
const mail = task({ name: 'queue.mail', title: 'Send', payload: Word, queue: 'queue-mail' })
const endless = task({ name: 'queue.endless', title: 'Run until told to stop', payload: Word })

useApp(
  module({
    name: 'queue-tasks',
    version: '1.0.0',
    tasks: [
      runs(mail, async (_call, { word }) => word),
      runs(endless, async (_call, _payload, { signal }) => pause(60_000, undefined, { signal })),
    ],
  }),
)
forgetTasks()

const path = '/tasks/queues/queue-mail'

async function stateOf(name: string) {
  const { data } = await (await signIn({ can: ['sys:task:monitor'] })).get('/tasks/queues')
  return data.find((one: { name: string }) => one.name === name)
}

/** As the worker says of itself, every few seconds. */
async function pausedForSure(isPaused = true): Promise<void> {
  const user = await signIn({ can: ['sys:task:monitor'] })
  for (let tries = 0; tries < 200; tries += 1) {
    const { data } = await user.get('/tasks/workers')
    const states = data.map((one: { paused: string[] }) => one.paused.includes('queue-mail'))
    if (states.length > 0 && states.every((state: boolean) => state === isPaused)) return
    await pause(100)
  }
  throw new Error(`the queue is not ${isPaused ? 'paused' : 'resumed'}`)
}

async function flushBroker(): Promise<void> {
  const broker = connectRedis('commands', env.CELERY_BROKER_REDIS_DATABASE)
  await once(broker, 'ready')
  await broker.flushdb()
  broker.disconnect()
}

describe('a paused queue', () => {
  afterEach(async () => {
    expect(await (await signIn({ can: ['sys:task:queue'] })).put(`${path}/resume`)).toSucceed()
    await pausedForSure(false)
  })

  it('is not worked on, also when Redis has forgotten everything, until it is resumed', async () => {
    const user = await signIn({ can: ['sys:task:queue'] })
    expect(await user.put(`${path}/pause`)).toSucceed()
    await pausedForSure()
    const id = await ask(mail, { word: unique('word') })
    await flushBroker()
    const after = await ask(mail, { word: unique('word') })
    await pause(1500)

    expect((await resultOf(id)).status).toBe('PENDING')
    expect((await resultOf(after)).status).toBe('PENDING')
    expect(await stateOf('queue-mail')).toMatchObject({ paused: true })

    expect(await user.put(`${path}/resume`)).toSucceed()
    expect((await ending(after)).status).toBe('SUCCESS')
  })

  it('can be drained by who repeats its name', async () => {
    const user = await signIn({ can: ['sys:task:queue'] })
    await user.put(`${path}/pause`)
    await pausedForSure()
    const id = await ask(mail, { word: unique('word') })

    expect((await user.post(`${path}/drain`, { confirm: 'celery' })).status).toBe(422)
    const answer = await user.post(`${path}/drain`, { confirm: 'queue-mail' })

    expect((await ending(answer.data.task_id)).status).toBe('SUCCESS')
    expect((await resultOf(id)).status).toBe('REVOKED')
  })
})

describe('queues', () => {
  it('are listed with what waits in them and who takes from them', async () => {
    const before = (await stateOf('queue-mail')).accepted
    await ask(mail, { word: 'a' }, { delay: 3600 })

    expect(await stateOf('queue-mail')).toMatchObject({
      paused: false,
      accepted: before + 1,
      concurrency: 10,
    })
    expect((await stateOf('queue-mail')).delayed).toBeGreaterThanOrEqual(1)
    expect(await stateOf('control')).toMatchObject({ consumers: 1 })
  })

  it('that nobody knows are not found, and the one of orders is never paused', async () => {
    const user = await signIn({ can: ['sys:task:queue'] })

    expect(await user.put('/tasks/queues/nothing/pause')).toFail(404, 'task.queue_unknown')
    expect(await user.post('/tasks/queues/nothing/drain', { confirm: 'nothing' })).toFail(
      404,
      'task.queue_unknown',
    )
    expect(await user.put('/tasks/queues/control/pause')).toFail(409, 'task.queue_never_paused')
  })
})

describe('GET /tasks/workers', () => {
  it('shows live workers with what they run', async () => {
    const user = await signIn({ can: ['sys:task:monitor', 'sys:task:revoke'] })
    const id = await ask(endless, { word: 'a' })
    await reaches(id, 'STARTED')

    const { data } = await user.get('/tasks/workers')

    const [worker] = data.filter((one: { pid: number }) => one.pid === process.pid)
    expect(worker).toMatchObject({ roles: expect.arrayContaining(['worker']), queues: { 'queue-mail': 10 } })
    expect(worker.active_tasks).toContainEqual(
      expect.objectContaining({ task_id: id, name: 'queue.endless' }),
    )
    await user.delete(`/tasks/${id}/cancel?terminate=true`)
    await ending(id)
  })

  it('is empty when none lives', async () => {
    const operator = await signIn({ can: ['sys:task:monitor'] })
    const names = await redis().smembers('fba:celery:workers')
    // Right before it is asked: the worker of this process says soon that it lives.
    await redis().del('fba:celery:workers')
    const { data } = await operator.get('/tasks/workers')

    expect(data).toEqual([])
    await redis().sadd('fba:celery:workers', ...names)
  })
})
