import '../support/web-only'
import { setTimeout as pause } from 'node:timers/promises'
import type Redis from 'ioredis'
import { env } from '../../src/config/env'
import { HeldJobs } from '../../src/infra/held-jobs'
import { nextId } from '../../src/infra/ids'
import { addJobs, type QueueKeys } from '../../src/infra/queue-scripts'
import { connectRedis } from '../../src/infra/redis'
import { Gate } from '../support/gate'
import { until } from '../support/redis'
import { unique, useApp } from '#testing'

let client: Redis
// Before `useApp()`, whose own end closes Redis.
afterAll(() => client.disconnect())

useApp()
beforeAll(() => (client = connectRedis('subscriber', env.CELERY_BROKER_REDIS_DATABASE)))

const workers: HeldJobs[] = []
afterEach(() => {
  for (const worker of workers.splice(0)) worker.close()
})

/** A queue with so many jobs in it, and the ids of these. */
async function queueOf(count: number, delay = 0): Promise<{ queue: QueueKeys; ids: string[] }> {
  const name = unique('held')
  const queue = { client, toKey: (what: string) => `{held}:${name}:${what}` }
  const ids = Array.from({ length: count }, () => nextId())
  await addJobs(
    queue,
    ids.map((id) => ({ id, name: `name of ${id}`, delay })),
    '{}',
  )
  return { queue, ids }
}

function workerOf(queue: QueueKeys, lockMs = 60_000): HeldJobs {
  const worker = new HeldJobs(queue, lockMs)
  workers.push(worker)
  return worker
}

const keysOf = ({ toKey }: QueueKeys) => client.keys(`${toKey('')}*`)
const idsOf = (jobs: { id: string }[]) => jobs.map(({ id }) => id)

describe('jobs that are held', () => {
  it('are taken in the order in which they were added, as many as are asked for', async () => {
    const { queue, ids } = await queueOf(5)
    const worker = workerOf(queue)

    expect(await worker.take(2)).toEqual(ids.slice(0, 2).map((id) => ({ id, name: `name of ${id}` })))
    expect(idsOf(await worker.take(100))).toEqual(ids.slice(2))
    expect(await worker.take(100)).toEqual([])
  })

  it('leave nothing in Redis when they are done', async () => {
    const { queue, ids } = await queueOf(3)
    const worker = workerOf(queue)
    await worker.take(3)

    await Promise.all(ids.map((id) => worker.end({ id, again: null })))

    expect(await keysOf(queue)).toEqual([])
  })

  it('are delayed when they are to be taken again', async () => {
    const { queue, ids } = await queueOf(2)
    const worker = workerOf(queue)
    await worker.take(2)
    const before = Date.now()

    await Promise.all(ids.map((id) => worker.end({ id, again: 60_000 })))

    const delayed = await client.zrange(queue.toKey('delayed'), 0, -1, 'WITHSCORES')
    expect([delayed[0], delayed[2]]).toEqual(ids)
    expect(Number(delayed[1]) / 0x1000).toBeGreaterThanOrEqual(before + 60_000)
    expect(await client.exists(queue.toKey('active'), ...ids.map((id) => queue.toKey(`${id}:lock`)))).toBe(0)
  })

  it('keep their locks for longer than these last, and lose them with their worker', async () => {
    const { queue, ids } = await queueOf(1)
    const [lock] = ids.map((id) => queue.toKey(`${id}:lock`))
    const worker = workerOf(queue, 600)
    await worker.take(1)

    await pause(1500)
    expect(await client.exists(lock ?? '')).toBe(1)

    worker.close()
    await until('its lock has run out', async () => (await client.exists(lock ?? '')) === 0)
  })

  it('are left to others when Redis could not be told how they ended', async () => {
    const { queue, ids } = await queueOf(1)
    const gate = new Gate({ host: '127.0.0.1', port: env.REDIS_PORT })
    await gate.open()
    const broken = client.duplicate({ port: gate.port, maxRetriesPerRequest: 0, retryStrategy: () => 50 })
    broken.on('error', () => undefined) // that is what it is there for
    const worker = workerOf({ ...queue, client: broken }, 900)
    await worker.take(1)

    await gate.cut()
    await expect(worker.end({ id: ids[0] ?? '', again: null })).rejects.toThrow()
    await gate.open()

    await until('its lock has run out', async () => !(await client.exists(queue.toKey(`${ids[0]}:lock`))))
    broken.disconnect()
    await gate.cut()
  })

  it('are left alone by a worker that has lost them to another', async () => {
    const { queue, ids } = await queueOf(2)
    const [slow, other] = [workerOf(queue), workerOf(queue)]
    await slow.take(2)
    await client.del(queue.toKey(`${ids[0]}:lock`))
    await other.take(1, ids[0])

    await Promise.all(ids.map((id) => slow.end({ id, again: null })))

    expect(await client.lrange(queue.toKey('active'), 0, -1)).toEqual([ids[0]])
    expect(await client.exists(queue.toKey(ids[0] ?? ''), queue.toKey(`${ids[0]}:lock`))).toBe(2)
  })

  it('are not added a second time', async () => {
    const { queue, ids } = await queueOf(1)

    await addJobs(
      queue,
      ids.map((id) => ({ id, name: 'again', delay: 0 })),
      '{}',
    )

    expect(await workerOf(queue).take(10)).toEqual([{ id: ids[0], name: `name of ${ids[0]}` }])
  })

  it('are not taken before their time', async () => {
    const { queue } = await queueOf(3, 60_000)

    expect(await workerOf(queue).take(10)).toEqual([])
    expect(await client.zcard(queue.toKey('delayed'))).toBe(3)
  })
})
