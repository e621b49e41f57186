import { ConnectionRefusedError } from 'sequelize'
import { operaLogCrud } from '../../src/app/admin/crud/logs'
import { reader } from '../../src/infra/database'
import { nextId } from '../../src/infra/ids'
import type { Logger } from '../../src/infra/logger'
import { redis } from '../../src/infra/redis'
import { WriteBehind, type WriteBehindOptions } from '../../src/infra/write-behind'
import { unique, useApp } from '#testing'
import { OtherProcess } from '../support/process'
import { rowOf, storeRows, type Note } from './write-behind-rows'

useApp()

const lines: { words: string; data: unknown }[] = []
const log = {
  warn: (words: string, data: unknown) => lines.push({ words, data }),
  error: (words: string, data: unknown) => lines.push({ words, data }),
} as unknown as Logger

let path = ''
let key = ''
const running: { stop(): Promise<void> }[] = []

beforeEach(() => {
  path = `/${unique('entry')}`
  key = unique('fba:test')
  lines.length = 0
})

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
  await redis().del(key)
})

function queueWith(options: Partial<WriteBehindOptions<string, Note>> = {}): WriteBehind<string, Note> {
  const made = new WriteBehind<string, Note>(redis(), {
    name: 'test',
    key,
    max: 1000,
    batch: 10,
    everyMs: 20,
    claimAfterMs: 200,
    prepare: (title) => ({ id: nextId(), path, title }),
    store: storeRows,
    log,
    ...options,
  })
  running.push(made)
  return made
}

const titles = async () =>
  (await operaLogCrud.find(reader(), { where: { path } })).map((row) => row.title).sort()

const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n).padStart(4, '0'))

async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await done()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it did not happen')
}

const stored = async (count: number) => (await titles()).length >= count
const isEmpty = async () => (await redis().xlen(key)) === 0

describe('storing', () => {
  it('stores every entry once and leaves nothing in Redis', async () => {
    const queue = queueWith()
    queue.start()

    for (const n of numbers(137)) queue.add(n)

    await until(() => stored(137))
    expect(await titles()).toEqual(numbers(137))
    await until(isEmpty)
  })

  it('stores in batches', async () => {
    const sizes: number[] = []
    const queue = queueWith({ store: async (notes) => void sizes.push(notes.length) })
    for (const n of numbers(95)) queue.add(n)
    await until(async () => (await redis().xlen(key)) === 95)

    queue.start()

    await until(isEmpty)
    expect(sizes).toEqual([...Array<number>(9).fill(10), 5])
  })

  it('shares the work between readers without doubling any', async () => {
    const queues = [queueWith(), queueWith(), queueWith()]
    for (const queue of queues) queue.start()

    for (const n of numbers(300)) queues[Number(n) % 3]?.add(n)

    await until(() => stored(300))
    await until(isEmpty)
    expect(await titles()).toEqual(numbers(300))
  })

  it('stores an entry once that is handed over twice', async () => {
    const note = { id: nextId(), path, title: 'same' }

    await storeRows([note])
    await storeRows([note, { ...note, id: nextId(), title: 'other' }])

    expect(await titles()).toEqual(['other', 'same'])
  })

  it('says what is wrong with a row instead of leaving it out', async () => {
    const bad = { ...rowOf({ id: nextId(), path, title: 'x' }), status: null as unknown as number }

    await expect(operaLogCrud.appendOnce(reader(), [bad])).rejects.toThrow()
  })
})

describe('trouble', () => {
  it('stores the good entries of a batch and puts the bad one into the log', async () => {
    const queue = queueWith({
      store: (notes) =>
        operaLogCrud.appendOnce(
          reader(),
          notes.map((note) => ({ ...rowOf(note), ...(note.title === '0003' && { ip: null as never }) })),
        ),
    })
    queue.start()

    for (const n of numbers(10)) queue.add(n)

    await until(() => stored(9))
    await until(isEmpty)
    expect(await titles()).toEqual(numbers(10).filter((n) => n !== '0003'))
    expect(lines).toMatchObject([
      { words: 'an entry could not be stored', data: { entry: { title: '0003' } } },
    ])
  })

  it('keeps entries in Redis while the database is away and stores them when it is back', async () => {
    let isAway = true
    const queue = queueWith({
      store: (notes) =>
        isAway ? Promise.reject(new ConnectionRefusedError(new Error('away'))) : storeRows(notes),
    })
    queue.start()
    for (const n of numbers(20)) queue.add(n)
    await until(() => lines.length > 0)
    expect(await redis().xlen(key)).toBe(20)

    isAway = false

    await until(() => stored(20))
    await until(isEmpty)
    expect(await titles()).toEqual(numbers(20))
  })

  it('goes to the database directly while Redis is away', async () => {
    const client = redis().duplicate({ enableOfflineQueue: false, lazyConnect: true })
    const queue = new WriteBehind<string, Note>(client, {
      name: 'test',
      key,
      max: 1000,
      batch: 10,
      everyMs: 20,
      prepare: (title) => ({ id: nextId(), path, title }),
      store: storeRows,
      log,
    })

    for (const n of numbers(30)) queue.add(n)

    await until(() => stored(30))
    expect(await titles()).toEqual(numbers(30))
    client.disconnect()
  })

  it('drops and counts what finds no room', async () => {
    const queue = queueWith({ max: 50 })

    for (const n of numbers(60)) queue.add(n)

    await until(() => queue.dropped > 0)
    expect(queue.dropped).toBe(10)
    expect(await redis().xlen(key)).toBe(50)
    expect(lines[0]).toMatchObject({ data: { dropped: 10 } })
  })

  it('never holds more than a bounded number in memory', () => {
    const client = redis().duplicate({ enableOfflineQueue: false, lazyConnect: true })
    const queue = new WriteBehind<string, Note>(client, {
      name: 'test',
      key,
      max: 10,
      batch: 10,
      everyMs: 20,
      prepare: (title) => ({ id: nextId(), path, title }),
      store: () => Promise.reject(new ConnectionRefusedError(new Error('away'))),
      log,
    })

    for (let n = 0; n < 10_100; n += 1) queue.add('x')

    expect(queue.dropped).toBe(100)
    client.disconnect()
    return queue.stop()
  })

  it('makes its group anew when somebody has emptied Redis', async () => {
    const queue = queueWith()
    queue.start()
    queue.add('before')
    await until(() => stored(1))

    await redis().del(key)
    queue.add('after')

    await until(() => stored(2))
  })
})

describe('the end of a process', () => {
  it('stores what was added just before it stops, and strikes the reader off', async () => {
    const queue = queueWith()
    queue.start()
    for (const n of numbers(40)) queue.add(n)

    await queue.stop()

    expect(await titles()).toEqual(numbers(40))
    expect(await redis().xinfo('CONSUMERS', key, 'store')).toEqual([])
  })

  it.each(['before the insert', 'after the insert'])(
    'loses and doubles nothing when a process is killed in the middle of a batch, %s',
    async (dies) => {
      const writer = queueWith()
      for (const n of numbers(25)) writer.add(n)
      await until(async () => (await redis().xlen(key)) === 25)
      const victim = await OtherProcess.start('tests/infra/write-behind-process.ts', { key, dies })
      expect(await victim.ask('take some')).toEqual({ taken: 10 })
      await victim.kill()

      writer.start()

      await until(() => stored(25))
      await until(isEmpty)
      expect(await titles()).toEqual(numbers(25))
      expect(lines).toEqual([])
    },
    60_000,
  )
})
