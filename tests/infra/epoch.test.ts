import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beginChange, epochKeys, readEpochs, type EpochState } from '../../src/infra/epoch'
import { EpochCache } from '../../src/infra/epoch-cache'
import { closeRedis, isRedisDown, openRedis, redis, redisState } from '../../src/infra/redis'
import { OtherProcess } from '../support/process'
import { openTestRedis, startOwnRedis, until } from '../support/redis'

let name: string
let row: string
let cache: EpochCache<string>
let loads: number

beforeEach(async () => {
  name = `test-${randomUUID()}`
  row = `${name}-row`
  cache = new EpochCache({ max: 100 })
  loads = 0
  await openTestRedis()
  await redis().set(row, 'old')
})

afterEach(() => closeRedis())

describe('a cached value', () => {
  it('is loaded once and then kept', async () => {
    expect([await read(), await read(), await read()]).toEqual(['old', 'old', 'old'])
    expect(loads).toBe(1)
  })

  it('is loaded once for everybody who asks meanwhile', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => read()))

    expect(new Set(answers)).toEqual(new Set(['old']))
    expect(loads).toBe(1)
  })

  it('is not kept when its load fails', async () => {
    const state = await readEpochs([name])

    await expect(cache.get('key', state, () => Promise.reject(new Error('no database')))).rejects.toThrow(
      'no database',
    )

    expect(await read()).toBe('old')
  })

  it('is loaded again when it is too old, counted from when its reader asked', async () => {
    const brief = new EpochCache<string>({ max: 100, maxAgeMs: 200 })
    const state = await readEpochs([name])
    await brief.get('key', state, async () => {
      await sleep(250)
      return load()
    })

    await brief.get('key', state, load)

    expect(loads).toBe(2)
  })
})

describe('a change', () => {
  it('by another process holds from its commit on, through every step', async () => {
    const other = await startProcess()
    await read()

    await other.ask({ step: 'begin' })
    expect(await read()).toBe('old')
    await other.ask({ step: 'commit', value: 'new' })
    expect(await read()).toBe('new')
    await other.ask({ step: 'done' })
    expect([await read(), await read()]).toEqual(['new', 'new'])

    expect(loads).toBe(4)
    await other.kill()
  })

  it('holds although its process is killed between commit and done', async () => {
    const other = await startProcess()
    const brief = new EpochCache<string>({ max: 100, maxAgeMs: 300 })
    const readBrief = async (state: EpochState) => brief.get('key', state, load)
    const before = await readEpochs([name])
    await readBrief(before)
    await other.ask({ step: 'begin' })
    await other.ask({ step: 'commit', value: 'new' })

    await other.kill()

    const marked = await readEpochs([name])
    expect(marked.cacheable).toBe(false)
    const idle = new EpochCache<string>({ max: 100, maxAgeMs: 300 })
    await idle.get('key', before, () => Promise.resolve('old'))
    expect(await readBrief(marked)).toBe('new')
    // The end of the mark, which outlives every entry: a process that was idle all the time has nothing left.
    await sleep(350)
    await redis().del(markKey())
    expect(await idle.get('key', await readEpochs([name]), load)).toBe('new')
  })

  it('leaves a mark that lives twice as long as any entry', async () => {
    const change = await beginChange([name])

    expect(await redis().ttl(markKey())).toBeGreaterThan(55)

    await change.done()
    expect(await redis().exists(markKey())).toBe(0)
  })

  it('makes a load that began before it worthless', async () => {
    const slow = cache.get('key', await readEpochs([name]), async () => {
      const value = await load()
      await sleep(200)
      return value
    })
    const change = await beginChange([name])
    await redis().set(row, 'new')
    await change.done()

    expect(await slow).toBe('old')
    expect(await read()).toBe('new')
    await sleep(10)
    expect(await read()).toBe('new')
  })

  it('stays marked until the last of several is done', async () => {
    const [one, two] = [await beginChange([name]), await beginChange([name])]

    await one.done()
    expect((await readEpochs([name])).cacheable).toBe(false)
    await two.done()

    expect((await readEpochs([name])).cacheable).toBe(true)
  })

  it('does not keep the mark of a process that died long ago', async () => {
    await redis().set(markKey(), 'dead@1')

    const change = await beginChange([name])
    await change.done()

    expect((await readEpochs([name])).cacheable).toBe(true)
  })

  it('touches only the names it is about', async () => {
    const before = await readEpochs([`${name}-2`])

    const change = await beginChange([name])
    expect((await readEpochs([`${name}-2`])).cacheable).toBe(true)
    await change.done()

    expect((await readEpochs([`${name}-2`])).version).toBe(before.version)
    expect((await readEpochs([name])).version).not.toBe(before.version)
  })
})

describe('while Redis is away', () => {
  it('no change can begin', async () => {
    const own = await startOwnRedisAlone()
    await own.stop()
    await until('the loss is noticed', () => !redisState().is_connected)

    const error = await beginChange([name]).catch((caught: unknown) => caught)

    expect(isRedisDown(error)).toBe(true)
    await own.remove()
  })

  it('a change that was committed is announced as soon as Redis is back', async () => {
    const own = await startOwnRedisAlone()
    const before = await readEpochs([name])
    const change = await beginChange([name])
    await own.stop()
    await until('the loss is noticed', () => !redisState().is_connected)

    await change.done()
    const again = await startOwnRedis(own.dir)
    await until('the return', () => redisState().is_connected)

    await until('the announcement', async () => (await readEpochs([name])).cacheable)
    expect((await readEpochs([name])).version).not.toBe(before.version)
    await again.remove()
  })
})

async function read(): Promise<string> {
  return cache.get('key', await readEpochs([name]), load)
}

async function load(): Promise<string> {
  loads += 1
  return (await redis().get(row)) ?? 'none'
}

function markKey(): string {
  return epochKeys([name])[1] ?? ''
}

async function startOwnRedisAlone() {
  await closeRedis()
  const own = await startOwnRedis()
  await openRedis({ path: own.path })
  return own
}

function startProcess(): Promise<OtherProcess> {
  return OtherProcess.start('tests/infra/epoch-process.ts', {
    port: Number(process.env.REDIS_PORT),
    name,
    row,
  })
}
