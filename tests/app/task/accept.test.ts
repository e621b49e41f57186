import { setTimeout as pause } from 'node:timers/promises'
import {
  acceptAll,
  enqueueMany,
  inTransaction,
  module,
  prepareNamed,
  reader,
  runs,
  systemCall,
  task,
  z,
} from '#core'
import { outboxCrud } from '../../../src/app/task/crud/outbox'
import { resultCrud } from '../../../src/app/task/crud/result'
import { ask, ending, forgetTasks, reaches, resultOf } from '../../support/tasks'
import { unique, useApp } from '#testing'

const Word = z.object({ word: z.string(), note: z.string().default('') })
const Moment = z.object({ at: z.date() })

const done: string[] = []
let isHeld = false
const untilReleased = async () => {
  while (isHeld) await pause(20)
}

const plain = task({ name: 'test.plain', title: 'Say a word', payload: Word })
const once = task({ name: 'test.once', title: 'One at a time', payload: Word, unique: true })
const nextOnly = task({
  ...{ name: 'test.next', title: 'One waiting', payload: Word },
  unique: { while: 'waiting', by: ['word'] },
})
const dated = task({ name: 'test.dated', title: 'Take a moment', payload: Moment })

useApp(
  module({
    name: 'test-accept',
    version: '1.0.0',
    tasks: [
      runs(plain, async (_call, { word }) => done.push(word)),
      runs(once, async (_call, { word }) => done.push(word)),
      runs(nextOnly, async (_call, { word, note }) => {
        done.push(`${word}${note}`)
        await untilReleased()
      }),
      runs(dated, async () => null),
    ],
  }),
)
forgetTasks()

const later = { delay: 3600 }

/** Many payloads of one task, accepted as a request does. */
async function askMany(declared: typeof plain, words: string[], options = {}): Promise<string[]> {
  const { call, ids } = await inTransaction(async (db) => {
    const made = systemCall(db)
    const payloads = words.map((word) => ({ word }))
    return { call: made, ids: await enqueueMany(made, declared, payloads, options) }
  })
  await call.committed()
  return ids
}

describe('many tasks at once', () => {
  it('are each accepted and run once, their ids in the order of the payloads', async () => {
    const words = Array.from({ length: 1200 }, () => unique('many'))

    const ids = await askMany(plain, words)

    expect(new Set(ids).size).toBe(words.length)
    expect(JSON.parse((await resultOf(ids[700] ?? '')).kwargs ?? '')).toEqual({ word: words[700] })
    for (const id of ids) await ending(id)
    expect(done.filter((word) => words.includes(word)).sort()).toEqual([...words].sort())
  }, 240_000)

  it('are none when one payload does not fit', async () => {
    const before = await resultCrud.count(reader())

    await expect(askMany(plain, ['a', 7 as unknown as string])).rejects.toMatchObject({ status: 422 })

    expect(await resultCrud.count(reader())).toBe(before)
  })

  it('are one where they are equal and the task is unique', async () => {
    const [word, other] = [unique('word'), unique('word')]
    const first = await ask(once, { word }, later)

    const ids = await askMany(once, [word, other, other, word], later)

    expect(ids).toEqual([first, ids[1], ids[1], first])
    expect(ids[1]).not.toBe(first)
    expect(await resultCrud.count(reader(), { name: once.name, task_id: ids })).toBe(2)
  })

  it('can be prepared one by one, so that a bad one does not stop the others', async () => {
    const call = systemCall(reader())
    const word = unique('word')
    const good = prepareNamed(call, plain.name, { args: [], kwargs: { word } })

    expect(() => prepareNamed(call, plain.name, { args: [], kwargs: {} })).toThrow(
      expect.objectContaining({ status: 422 }),
    )
    const [id = ''] = await acceptAll(call, [good])

    expect(await ending(id)).toMatchObject({ status: 'SUCCESS' })
  })
})

describe('a task that is accepted by several at the same moment', () => {
  it('is accepted once when it is unique, and each of them gets its id', async () => {
    const word = unique('word')

    const ids = await Promise.all(Array.from({ length: 5 }, () => ask(once, { word }, later)))

    expect(new Set(ids).size).toBe(1)
    expect(await resultOf(ids[0] ?? '')).toMatchObject({ status: 'PENDING' })
  })
})

describe('a task that is unique while it waits', () => {
  it('is accepted again once the first has begun, and told apart by the named keys only', async () => {
    const word = unique('word')
    isHeld = true
    const first = await ask(nextOnly, { word, note: '1' })
    await reaches(first, 'STARTED')

    const second = await ask(nextOnly, { word, note: '2' }, later)

    expect(second).not.toBe(first)
    expect(await ask(nextOnly, { word, note: '3' })).toBe(second)
    isHeld = false
    expect(await ending(first)).toMatchObject({ status: 'SUCCESS' })
    expect(await outboxCrud.count(reader(), { name: nextOnly.name })).toBe(1)
  })
})

it('a payload that JSON cannot carry is refused when it is accepted, not when it runs', async () => {
  await expect(ask(dated, { at: new Date() })).rejects.toMatchObject({ status: 422 })
})
