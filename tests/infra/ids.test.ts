import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../src/common/errors'
import { type IdsOptions, idsReady, nextId, startIds, stopIds, timeOfId } from '../../src/infra/ids'
import { closeRedis, openRedis, redis } from '../../src/infra/redis'
import { OtherProcess } from '../support/process'
import { openTestRedis, startOwnRedis, until } from '../support/redis'

const LAST_SEEDED_ID = '2049629108253622282'
const processes: OtherProcess[] = []
let prefix: string

beforeEach(() => {
  prefix = `test:${randomUUID()}`
})

afterEach(async () => {
  jest.restoreAllMocks()
  await stopIds()
  await closeRedis()
  await Promise.all(processes.splice(0).map((other) => other.kill()))
})

describe('an id', () => {
  it('has 19 digits and is larger than every seeded one', async () => {
    await startIds(await openTestRedis(), { prefix })

    const id = nextId()

    expect(id).toMatch(/^\d{19}$/)
    expect(id > LAST_SEEDED_ID).toBe(true)
  })

  it('tells when it was made', async () => {
    await startIds(await openTestRedis(), { prefix })
    const before = Date.now()

    const time = timeOfId(nextId())

    expect(time).toBeGreaterThanOrEqual(before)
    expect(time).toBeLessThanOrEqual(Date.now())
  })

  it('is refused before the start and after the stop', async () => {
    expect(keyOfError(nextId)).toBe('ids.no_lease')
    await startIds(await openTestRedis(), { prefix })
    await stopIds()

    expect(keyOfError(nextId)).toBe('ids.no_lease')
  })
})

describe('several processes', () => {
  it('never make the same id, and each makes rising ones, under a burst', async () => {
    const others = await Promise.all([1, 2, 3, 4].map(() => startProcess({ ttlSeconds: 60 })))

    const made = (await Promise.all(others.map((other) => other.ask({ count: 20_000 })))) as string[][]

    expect(new Set(made.flat()).size).toBe(80_000)
    for (const ids of made) expect(ids).toEqual([...ids].sort())
  })

  it('cannot hold the same fixed node at once', async () => {
    const pair = { datacenterId: 3, workerId: 4, ttlSeconds: 6 }
    await startProcess(pair)

    await expect(startProcess(pair)).rejects.toThrow(
      'SNOWFLAKE_DATACENTER_ID=3 SNOWFLAKE_WORKER_ID=4 is used by another',
    )
  })

  it('use every pair from 0 and 0 to 31 and 31', async () => {
    const lowest = await startProcess({ datacenterId: 0, workerId: 0, ttlSeconds: 60 })
    const highest = await startProcess({ datacenterId: 31, workerId: 31, ttlSeconds: 60 })

    expect(nodeOf(((await lowest.ask({ count: 1 })) as string[])[0])).toBe(0)
    expect(nodeOf(((await highest.ask({ count: 1 })) as string[])[0])).toBe(1023)
  })

  it('cannot repeat each other when one sleeps through the end of its lease', async () => {
    const sleeper = await startProcess()
    const node = nodeOf(((await sleeper.ask({ count: 1 })) as string[])[0])
    const sleeperIds = sleeper.ask({ make: true })
    await sleep(200)

    sleeper.signal('SIGSTOP')
    await until('the lease ends', async () => !(await holder(node)))
    const heir = await startProcess({ datacenterId: node >> 5, workerId: node & 31, ttlSeconds: 60 })
    const heirIds = heir.ask({ make: true })
    sleeper.signal('SIGCONT')
    await until('the sleeper has another node', async () => (await leases()) > 1)
    await sleep(300)
    for (const process of [sleeper, heir]) process.tell({ stop: true })

    const [ofSleeper, ofHeir] = (await Promise.all([sleeperIds, heirIds])) as [string[], string[]]
    const start = timeOfId(ofHeir[0] ?? '')
    const late = ofSleeper.filter((id) => timeOfId(id) >= start)
    expect(late.length).toBeGreaterThan(0)
    expect(late.filter((id) => nodeOf(id) === node)).toEqual([])
    expect(new Set([...ofSleeper, ...ofHeir]).size).toBe(ofSleeper.length + ofHeir.length)
  })
})

describe('a lease', () => {
  it('is given up at once when Redis says that somebody else has the node', async () => {
    await startIds(await openTestRedis(), { prefix, ttlSeconds: 2, heartbeatSeconds: 0.1 })
    const node = nodeOf(nextId())

    await redis().set(leaseKey(node), 'somebody else')
    await until('another node', () => idsReady() && nodeOf(nextId()) !== node)

    expect(await holder(node)).toBe('somebody else')
  })

  it('is kept, and ids go on without a gap, when Redis forgets everything', async () => {
    await startIds(await openTestRedis(), { prefix, ttlSeconds: 2, heartbeatSeconds: 0.1 })
    const node = nodeOf(nextId())

    await redis().del(leaseKey(node), leaseKey(node).replace('nodes', 'last'))
    await until('the renewal', async () => nodeOf(nextId()) !== node || (await holder(node)) !== null)

    expect(nodeOf(nextId())).toBe(node)
  })

  it('is not kept when somebody has had the number since, although Redis has forgotten whom', async () => {
    await startIds(await openTestRedis(), { prefix, ttlSeconds: 2, heartbeatSeconds: 0.1 })
    const node = nodeOf(nextId())

    await redis().set(leaseKey(node).replace('nodes', 'last'), Date.now() + 60_000)
    await redis().del(leaseKey(node))

    await until('another node', () => idsReady() && nodeOf(nextId()) !== node)
  })

  it('ends while Redis is away, and ids come back with it', async () => {
    const own = await startOwnRedis()
    await startIds(await openRedis({ path: own.path }), { prefix, ttlSeconds: 3, heartbeatSeconds: 0.5 })

    await own.stop()
    await until('the end of the lease', () => !idsReady())
    expect(keyOfError(nextId)).toBe('ids.no_lease')

    const again = await startOwnRedis(own.dir)
    await until('ids again', idsReady)
    expect(nextId()).toMatch(/^\d{19}$/)
    await stopIds()
    await again.remove()
  })

  it('is returned at the stop, so that the next process may have the node at once', async () => {
    const pair = { datacenterId: 1, workerId: 1 }
    await startIds(await openTestRedis(), { prefix, ...pair })
    const before = nextId()
    await stopIds()

    await startIds(redis(), { prefix, ...pair })

    expect(nextId() > before).toBe(true)
  })

  it('starts after the last id of the previous owner, even when its clock was ahead', async () => {
    const ahead = Date.now() + 700
    await (await openTestRedis()).set(`${prefix}:last:1:2`, ahead)

    await startIds(redis(), { prefix, datacenterId: 1, workerId: 2, ttlSeconds: 2, heartbeatSeconds: 1 })

    expect(timeOfId(nextId())).toBeGreaterThan(ahead)
  })

  it('is refused for a node that was used an hour ahead of this clock', async () => {
    await (await openTestRedis()).set(`${prefix}:last:1:3`, Date.now() + 3_600_000)

    const start = startIds(redis(), {
      prefix,
      datacenterId: 1,
      workerId: 3,
      ttlSeconds: 0.5,
      heartbeatSeconds: 0.2,
    })

    await expect(start).rejects.toThrow('clock is ahead')
  })

  it.each([
    { datacenterId: 1 },
    { workerId: 1 },
    { datacenterId: 32, workerId: 0 },
    { datacenterId: -1, workerId: 0 },
  ])('is refused for the pair %j', async (pair) => {
    await openTestRedis()
    await expect(startIds(redis(), { prefix, ...pair })).rejects.toThrow('0 to 31')
  })
})

describe('a clock', () => {
  it('that steps back a little is waited for', async () => {
    await startIds(await openTestRedis(), { prefix })
    const before = nextId()

    setClockBack(50)

    expect(nextId() > before).toBe(true)
  })

  it('that steps back a lot is refused until it has caught up', async () => {
    await startIds(await openTestRedis(), { prefix })
    const before = nextId()

    const clock = setClockBack(60_000)
    expect(keyOfError(nextId)).toBe('ids.clock_back')
    clock.mockRestore()

    expect(nextId() > before).toBe(true)
  })

  it('that stands still gives 4096 ids and then none, instead of the same again', async () => {
    await startIds(await openTestRedis(), { prefix })
    jest.spyOn(Date, 'now').mockReturnValue(Date.now())

    const ids = Array.from({ length: 4096 }, nextId)

    expect(new Set(ids).size).toBe(4096)
    expect(keyOfError(nextId)).toBe('ids.clock_back')
  })

  it('that jumps over the end of the lease stops ids until the lease is renewed', async () => {
    await startIds(await openTestRedis(), { prefix, ttlSeconds: 60 })
    const real = Date.now
    jest.spyOn(Date, 'now').mockImplementation(() => real() + 3_600_000)

    expect(keyOfError(nextId)).toBe('ids.no_lease')
    await until('the renewal', idsReady)

    expect(timeOfId(nextId())).toBeGreaterThan(real() + 3_000_000)
  })
})

function setClockBack(ms: number) {
  const real = Date.now
  return jest.spyOn(Date, 'now').mockImplementation(() => real() - ms)
}

async function startProcess(options: IdsOptions = {}): Promise<OtherProcess> {
  const ids = { prefix, ttlSeconds: 2, heartbeatSeconds: 0.3, ...options }
  const place = { host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT) }
  const other = await OtherProcess.start('tests/infra/id-process.ts', { redis: place, ids })
  processes.push(other)
  return other
}

function nodeOf(id: string | undefined): number {
  return Number((BigInt(id ?? 0) >> 12n) & 1023n)
}

function leaseKey(node: number): string {
  return `${prefix}:nodes:${node >> 5}:${node & 31}`
}

/** How many nodes are held. */
async function leases(): Promise<number> {
  const client = await openTestRedis().catch(() => redis())
  return (await client.keys(`${prefix}:nodes:*`)).length
}

async function holder(node: number): Promise<string | null> {
  const client = await openTestRedis().catch(() => redis())
  return client.get(leaseKey(node))
}

function keyOfError(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof AppError) return error.key
    throw error
  }
  throw new Error('nothing was refused')
}
