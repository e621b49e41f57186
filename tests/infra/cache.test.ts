import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { TwoLevelCache, type CacheOptions } from '../../src/infra/cache'
import { closeRedis, isRedisDown, openRedis, redis, redisState } from '../../src/infra/redis'
import { openTestRedis, startOwnRedis, until } from '../support/redis'

let channel: string
let key: string
let here: TwoLevelCache
let there: TwoLevelCache
let loads: number
const started: TwoLevelCache[] = []

beforeEach(async () => {
  channel = `test:${randomUUID()}`
  key = `${channel}:key`
  loads = 0
  await openTestRedis()
  here = await startOne()
  there = await startOne()
})

afterEach(async () => {
  for (const one of started.splice(0)) one.stop()
  await closeRedis()
})

describe('a value', () => {
  it('is loaded once for two processes', async () => {
    expect(await here.through(key, 60, load)).toEqual({ load: 1 })
    expect(await there.through(key, 60, load)).toEqual({ load: 1 })
    expect(await here.through(key, 60, load)).toEqual({ load: 1 })
  })

  it('is loaded once for all who ask meanwhile', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => here.through(key, 60, load)))

    expect(answers).toEqual(answers.map(() => ({ load: 1 })))
  })

  it('comes from memory once it was read, without Redis', async () => {
    await here.through(key, 60, load)
    await redis().set(key, '"changed behind our back"')

    expect(await here.through(key, 60, load)).toEqual({ load: 1 })
  })

  it('is kept in Redis as JSON for its time, or without end', async () => {
    await here.through(key, 60, load)
    await here.through(`${key}-2`, 0, load)

    expect(await redis().get(key)).toBe('{"load":1}')
    expect(await redis().ttl(key)).toBeGreaterThan(50)
    expect(await redis().ttl(`${key}-2`)).toBe(-1)
  })

  it('ends in memory with its time', async () => {
    await here.through(key, 1, load)

    await sleep(1100)

    expect(await here.through(key, 1, load)).toEqual({ load: 2 })
  })

  it('cannot be changed by who reads it', async () => {
    const value = await here.through(key, 60, load)

    expect(() => Object.assign(value ?? {}, { load: 9 })).toThrow('read only')
  })

  it('that is null is not kept', async () => {
    expect(await here.through(key, 60, () => Promise.resolve(null))).toBeNull()
    expect(await here.through(key, 60, load)).toEqual({ load: 1 })
  })

  it('whose load fails is not kept', async () => {
    await expect(here.through(key, 60, () => Promise.reject(new Error('no database')))).rejects.toThrow(
      'no database',
    )
    expect(await here.through(key, 60, load)).toEqual({ load: 1 })
  })

  it('that is no JSON in Redis is loaded', async () => {
    await redis().set(key, 'broken{')

    expect(await here.through(key, 60, load)).toEqual({ load: 1 })
  })

  it('stays out of memory when memory is switched off', async () => {
    const plain = await startOne({ localEnabled: false })
    await plain.through(key, 60, load)
    await redis().del(key)

    expect(await plain.through(key, 60, load)).toEqual({ load: 2 })
  })
})

describe('dropping', () => {
  it('one key reaches every process and leaves the others', async () => {
    await fillBoth([key, `${key}5`])

    await here.drop(key)

    expect(await here.through(key, 60, load)).not.toEqual({ load: 1 })
    await until('the message', async () => (await there.through(key, 60, load))?.load !== 1)
    expect(await there.through(`${key}5`, 60, load)).toEqual({ load: 2 })
  })

  it('a prefix takes whole segments: user 2 is not user 25', async () => {
    await fillBoth([`${key}:2:a`, `${key}:2:b:c`, `${key}:25:a`])

    await here.dropPrefix(`${key}:2`)

    await until('the message', async () => (await there.through(`${key}:2:a`, 60, load))?.load !== 1)
    expect((await here.through(`${key}:2:b:c`, 60, load))?.load).not.toBe(2)
    expect(await here.through(`${key}:25:a`, 60, load)).toEqual({ load: 3 })
    expect(await there.through(`${key}:25:a`, 60, load)).toEqual({ load: 3 })
  })

  it('a prefix takes its characters literally', async () => {
    await fillBoth([`${key}:x:1`])

    await here.dropPrefix(`${key}:*`)
    await here.dropPrefix(`${key}:[x]`)

    expect(await redis().exists(`${key}:x:1`)).toBe(1)
  })

  it('finds every key among thousands', async () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `${key}:many:${index}`)
    await Promise.all(keys.map((one) => redis().set(one, '1')))

    await here.dropPrefix(`${key}:many`)

    expect(await redis().exists(...keys)).toBe(0)
  })

  it('tells other processes in the words of the contract', async () => {
    const heard: string[] = []
    const listener = redis().duplicate({ enableOfflineQueue: true })
    listener.on('message', (_channel, text: string) => heard.push(text))
    await listener.subscribe(channel)

    await here.drop(key)
    await here.dropPrefix('a:b')

    await until('both messages', () => heard.length === 2)
    expect(heard.map((text) => JSON.parse(text) as unknown)).toEqual([
      { key, is_delete_prefix: false },
      { key: 'a:b:', is_delete_prefix: true },
    ])
    listener.disconnect()
  })

  it.each([
    ['in the same process', () => here],
    ['in another process', () => there],
  ])('%s keeps what a load had begun before it out of both levels', async (_where, dropper) => {
    const slow = here.through(key, 60, async () => {
      const value = await load()
      await sleep(200)
      return value
    })
    await until('the load', () => loads === 1)

    await dropper().drop(key)
    const fresh = await there.through(key, 60, load)
    await slow

    expect(fresh).toEqual({ load: 2 })
    expect(await here.through(key, 60, load)).toEqual({ load: 2 })
    expect(await redis().get(key)).toBe('{"load":2}')
  })

  it('survives a message that makes no sense', async () => {
    await here.through(key, 60, load)
    await redis().set(key, '{"load":"new"}')

    await redis().publish(channel, 'nonsense')

    await until(
      'memory is emptied',
      async () => (await here.through<{ load: unknown }>(key, 60, load))?.load === 'new',
    )
  })
})

describe('while Redis is away', () => {
  it('values are loaded, and nothing old is in memory when it is back', async () => {
    const own = await startAlone()
    await here.through(key, 60, load)
    await own.stop()
    await until('the loss is noticed', () => !redisState().is_connected)

    expect(await here.through(key, 60, load)).toEqual({ load: 2 })
    expect(await here.through(key, 60, load)).toEqual({ load: 3 })

    const again = await startOwnRedis(own.dir)
    await until('the return', () => redisState().is_connected)
    await redis().set(key, '{"load":"changed meanwhile"}')
    expect(await here.through(key, 60, load)).toEqual({ load: 'changed meanwhile' })
    let written = 0
    await until('memory is used again', async () => {
      written += 1
      await redis().set(key, JSON.stringify({ load: written }))
      return (await here.through<{ load: unknown }>(key, 60, load))?.load !== written
    })
    await again.remove()
  })

  it('dropping is refused, and made up for when it is back', async () => {
    const own = await startAlone()
    await here.through(key, 60, load)
    await own.stop()
    await until('the loss is noticed', () => !redisState().is_connected)

    const error = await here.drop(key).catch((caught: unknown) => caught)
    expect(isRedisDown(error)).toBe(true)

    const again = await startOwnRedis(own.dir)
    await until('the drop', async () => redisState().is_connected && (await redis().exists(key)) === 0)
    await again.remove()
  })
})

async function startOne(options: CacheOptions = {}): Promise<TwoLevelCache> {
  const one = new TwoLevelCache(redis(), { channel, ...options })
  started.push(one)
  await one.start()
  return one
}

async function startAlone() {
  for (const one of started.splice(0)) one.stop()
  await closeRedis()
  const own = await startOwnRedis()
  await openRedis({ path: own.path })
  here = await startOne()
  return own
}

async function fillBoth(keys: string[]): Promise<void> {
  for (const one of keys) {
    await here.through(one, 60, load)
    await there.through(one, 60, load)
  }
}

function load(): Promise<{ load: number }> {
  loads += 1
  return Promise.resolve({ load: loads })
}
