import { resultCrud, type ResultRow } from '../../src/app/task/crud/result'
import { scheduleCrud } from '../../src/app/task/crud/schedule'
import { now } from '../../src/infra/clock'
import { database, inTransaction, reader } from '../../src/infra/database'
import { isDataError } from '../../src/infra/dialect'
import { nextId } from '../../src/infra/ids'
import { buildSchedule } from '../support/schedules'
import { unique, useApp } from '#testing'

useApp()

/** Results of tasks that nobody runs. */
async function results(count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({
    ...{ id: nextId(), task_id: unique('task'), status: 'SUCCESS', created_time: now() },
    ...{ name: 'before', result: 'before', log: 'before' },
  }))
  await resultCrud.appendNew(reader(), rows)
  return rows.map(({ id }) => id)
}

/** The rows with these ids, in the order of these. */
async function read(ids: string[]): Promise<(ResultRow | undefined)[]> {
  const rows = await resultCrud.getMany(reader(), ids)
  return ids.map((id) => rows.find((row) => row.id === id))
}

const rewrite = (ids: string[], values: Partial<ResultRow>[]) =>
  inTransaction((db) =>
    resultCrud.rewrite(
      db,
      ids.map((id, at) => ({ id, values: values[at] ?? {} })),
    ),
  )

/** The statements that the work sends which begin so. */
async function statements(beginning: RegExp, work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = []
  const { options } = database()
  options.logging = (sql) => void (beginning.test(sql) && sent.push(sql))
  await work().finally(() => (options.logging = false))
  return sent
}

describe('rows that are rewritten', () => {
  it('get each their own values, of every kind, and null', async () => {
    const ids = await results(3)
    const moment = new Date('2026-05-04T03:02:01.987Z')
    const values = [
      {
        result: `it's "a" \\ \\' text: $1 ? :id 你好 🙂`,
        date_done: moment,
        user_id: '9007199254740993',
        retries: 3,
      },
      { result: null, date_done: null, user_id: null, retries: null },
      { result: '', date_done: new Date(0), user_id: '9223372036854775807', retries: -1 },
    ]

    await rewrite(ids, values)

    expect(await read(ids)).toEqual(values.map((one) => expect.objectContaining({ ...one, log: 'before' })))
  })

  it('get booleans and moments of a schedule', async () => {
    const made = [await buildSchedule(), await buildSchedule()]
    const [on, off] = [
      {
        enabled: true,
        next_run_time: new Date('2030-01-01T00:00:00.001Z'),
        total_run_count: 7,
        problem: null,
      },
      { enabled: false, next_run_time: null, total_run_count: 8, problem: 'arguments' },
    ]

    await inTransaction((db) =>
      scheduleCrud.rewrite(db, [
        { id: made[0]?.id ?? '', values: on },
        { id: made[1]?.id ?? '', values: off },
      ]),
    )

    expect(await scheduleCrud.get(reader(), made[0]?.id ?? '')).toMatchObject(on)
    expect(await scheduleCrud.get(reader(), made[1]?.id ?? '')).toMatchObject(off)
  })

  it('share a statement, also where one of them is very long', async () => {
    const ids = await results(40)
    const values = ids.map((id, at) => ({
      status: 'FAILURE',
      result: id,
      log: 'x'.repeat(at === 20 ? 300_000 : 1),
    }))

    const sent = await statements(/UPDATE.*task_result/, () => rewrite(ids, values))

    expect(sent).toHaveLength(1)
    expect(await read(ids)).toEqual(values.map((one) => expect.objectContaining(one)))
  })

  it('that all get the same are told it once', async () => {
    const ids = await results(40)

    const sent = await statements(/UPDATE.*task_result/, () =>
      rewrite(
        ids,
        ids.map(() => ({ status: 'REVOKED', result: 'the same' })),
      ),
    )

    expect(sent).toHaveLength(1)
    expect(sent[0]?.split('the same')).toHaveLength(2)
    expect(await read(ids)).toEqual(
      ids.map(() => expect.objectContaining({ status: 'REVOKED', result: 'the same' })),
    )
  })

  it('that set other columns keep those that they do not name', async () => {
    const ids = await results(3)

    await rewrite(ids, [{ result: 'new' }, { log: 'new' }, {}])

    expect(await read(ids)).toEqual([
      expect.objectContaining({ result: 'new', log: 'before' }),
      expect.objectContaining({ result: 'before', log: 'new' }),
      expect.objectContaining({ result: 'before', log: 'before' }),
    ])
  })

  it('leave every other row as it is', async () => {
    const ids = await results(3)

    await rewrite(ids.slice(1), [{ result: 'one' }, { result: 'two' }])
    await rewrite([nextId()], [{ result: 'nobody' }])

    expect((await read(ids)).map((row) => row?.result)).toEqual(['before', 'one', 'two'])
  })

  it('are all as before when a value of one does not fit', async () => {
    const ids = await results(2)
    const failed: unknown = await rewrite(ids, [{ queue: 'a' }, { queue: 'b'.repeat(10_000) }]).catch(
      (error) => error,
    )

    // SQLite keeps texts of any length.
    const fits = database().getDialect() === 'sqlite'
    expect(fits || isDataError(failed)).toBe(true)
    expect((await read(ids)).map((row) => row?.queue)[0]).toBe(fits ? 'a' : null)
  })

  it('are refused by what is no id', async () => {
    await expect(rewrite(["1' OR '1'='1"], [{ result: 'x' }])).rejects.toThrow(TypeError)
  })
})

it('rows are dropped by their ids, and no others', async () => {
  const ids = await results(3)

  await resultCrud.drop(reader(), ids.slice(0, 2))

  expect((await read(ids)).map((row) => row?.id)).toEqual([undefined, undefined, ids[2]])
})

it('columns that are asked for are read under a lock, in order of id', async () => {
  const ids = await results(3)

  const rows = await inTransaction((db) => resultCrud.lockMany(db, [...ids].reverse(), ['id', 'status']))

  expect(rows).toEqual(ids.map((id) => ({ id, status: 'SUCCESS' })))
})
