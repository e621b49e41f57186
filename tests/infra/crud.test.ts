import { Op } from 'sequelize'
import { deptCrud, type DeptFilter } from '../../src/app/admin/crud/dept'
import { operaLogCrud } from '../../src/app/admin/crud/logs'
import { userCrud } from '../../src/app/admin/crud/user'
import { database, dialect, inTransaction, reader } from '../../src/infra/database'
import { Db, type RowFilter } from '../../src/infra/db'
import { nextId } from '../../src/infra/ids'
import { buildDept, buildUser, unique, useApp } from '#testing'

useApp()

const onlySort =
  (sort: number): RowFilter =>
  () => ({ sort })

describe('reading rows', () => {
  it('gives every column its type on every database', async () => {
    const made = await buildUser({ is_superuser: true, email: `${unique('a')}@example.com` })

    const user = await userCrud.get(reader(), made.id)

    expect(user).toMatchObject({
      id: made.id,
      is_superuser: true,
      is_multi_login: true,
      status: 1,
      email: made.email,
    })
    expect(user?.join_time.getTime()).toBe(made.join_time.getTime())
    expect(user?.last_login_time).toBeNull()
  })

  it('keeps all digits of ids above 2^53', async () => {
    const dept = await buildDept({ parent_id: '9007199254740993' })

    expect((await deptCrud.get(reader(), dept.id))?.parent_id).toBe('9007199254740993')
  })

  it('finds nothing by what is no id', async () => {
    expect(await deptCrud.get(reader(), '0')).toBeNull()
    expect(await deptCrud.getMany(reader(), [nextId(), nextId()])).toEqual([])
  })

  it('reads rows by many ids at once, each once', async () => {
    const made = [await buildDept(), await buildDept(), await buildDept()].map((dept) => dept.id)

    const found = await deptCrud.getMany(reader(), [...made, ...made])

    expect(found.map((dept) => dept.id).sort()).toEqual([...made].sort())
  })

  it('reads its own writes by id inside a transaction, and nobody else does', async () => {
    await inTransaction(async (db) => {
      const made = await deptCrud.create(db, { name: unique('dept') })

      expect(await deptCrud.get(db, made.id)).toMatchObject({ name: made.name })
      expect(await deptCrud.get(reader(), made.id)).toBeNull()
    })
  })

  it('goes on while rows of the log wait for another transaction to end', async () => {
    const dept = await buildDept()
    const row = { ...LOGGED, id: nextId(), created_time: new Date() }
    let storing: Promise<void> | undefined

    await inTransaction(async (db) => {
      await deptCrud.update(db, dept.id, { sort: 7 })
      storing = operaLogCrud.appendOnce(reader(), [row])
      await Promise.all(Array.from({ length: 20 }, () => deptCrud.get(reader(), dept.id)))
    })

    await storing
    expect(await operaLogCrud.get(reader(), row.id)).toMatchObject({ title: LOGGED.title })
  })

  it('answers the same question for many at the same moment', async () => {
    const dept = await buildDept()

    for (const count of [1, 40, 40]) {
      const found = await Promise.all(Array.from({ length: count }, () => deptCrud.get(reader(), dept.id)))
      expect(found).toEqual(Array.from({ length: count }, () => expect.objectContaining({ id: dept.id })))
    }
  })

  it('brings JSON back as it went in', async () => {
    const row = await logged({ args: { json: { a: [1, 'x', null], deep: { b: true } } } })

    expect((await operaLogCrud.get(reader(), row))?.args).toEqual({
      json: { a: [1, 'x', null], deep: { b: true } },
    })
  })

  it('gives each of those who ask at the same moment a row of his own', async () => {
    const row = await logged({ args: { json: { a: [1] } } })

    const [one, other] = await Promise.all([1, 2].map(() => operaLogCrud.get(reader(), row)))
    Object.assign(one?.args?.['json'] ?? {}, { a: 'changed' })
    one?.opera_time.setTime(0)

    expect(other).toMatchObject({ id: row, args: { json: { a: [1] } } })
    expect(other?.opera_time.getTime()).toBeGreaterThan(0)
  })

  it('finds text in a column without regard to case, and takes % and _ literally', async () => {
    const [word, other] = [`${unique('Per')}%x_y`, `${unique('Per')}ZxQy`]
    const users = [await buildUser({ username: word }), await buildUser({ username: other })]
    const find = async (username: string) =>
      (await userCrud.list(reader(), { page: 1, size: 20 }, { username })).items.map((user) => user.id)

    expect(await find(word.toLowerCase())).toEqual([users[0]?.id])
    expect(await find(`${other.slice(4, 12)}%`)).toEqual([])
  })

  it.each(['$1 and $$', 'ÉCOLE', 'ЖУК', '部门', '😀', "it's", '\\', 'a?:b'])(
    'finds %s by itself',
    async (text) => {
      const name = unique(`Hi ${text} `)
      const dept = await deptCrud.create(reader(), { name, phone: [...name].slice(0, 5).join('') })
      const find = async (filter: DeptFilter) => (await deptCrud.list(reader(), filter)).map(({ id }) => id)

      expect(await find({ name })).toEqual([dept.id])
      expect(await find({ name: name.slice(3) })).toEqual([dept.id])
      expect(await find({ name: name.slice(3), phone: dept.phone ?? '' })).toEqual([dept.id])
    },
  )

  it('counts only where the page does not tell the total', async () => {
    const sort = Math.floor(Math.random() * 1e9)
    for (let n = 0; n < 5; n += 1) await buildDept({ sort })
    const page = (number: number, size: number) =>
      deptCrud.page(reader(), { page: number, size }, { where: { sort } })

    expect(await page(1, 2)).toMatchObject({ total: 5, items: [{ sort }, { sort }] })
    expect((await page(3, 2)).total).toBe(5)
    expect(await page(9, 2)).toEqual({ total: 5, items: [] })
  })
})

describe('data rules', () => {
  it('decide which rows are read, counted, updated and deleted', async () => {
    const [seen, hidden] = [await buildDept({ sort: 71 }), await buildDept({ sort: 72 })]
    const ids = [seen.id, hidden.id]
    await inTransaction(
      async (db) => {
        expect(await deptCrud.get(db, hidden.id)).toBeNull()
        expect(await deptCrud.count(db, { id: ids })).toBe(1)
        expect((await deptCrud.getMany(db, ids)).map((dept) => dept.id)).toEqual([seen.id])
        expect(await deptCrud.update(db, hidden.id, { name: 'taken over' })).toBe(false)
        expect(await deptCrud.remove(db, ids)).toBe(1)
        expect(await deptCrud.exists(db.unfiltered, { id: hidden.id })).toBe(true)
      },
      { rows: onlySort(71) },
    )

    expect((await deptCrud.get(reader(), hidden.id))?.name).toBe(hidden.name)
  })

  it('show nothing when they say nothing', async () => {
    const dept = await buildDept()

    expect(await deptCrud.get(new Db(undefined, () => 'nothing'), dept.id)).toBeNull()
    expect(await deptCrud.count(new Db(undefined, () => 'nothing'))).toBe(0)
  })
})

describe('changes', () => {
  it('are noted with what was before and after, secrets masked', async () => {
    const user = await buildUser()
    const changes = await inTransaction(async (db) => {
      await userCrud.update(db, user.id, { nickname: 'new', password: 'hash-of-new', status: user.status })
      return db.changes.toJSON()
    })

    expect(changes).toEqual({
      count: 1,
      rows: [
        {
          table: 'sys_user',
          id: user.id,
          action: 'update',
          before: { nickname: user.nickname, password: '[REDACTED]' },
          after: { nickname: 'new', password: '[REDACTED]' },
        },
      ],
    })
  })

  it('set the time of the last edit', async () => {
    const dept = await buildDept()
    expect((await deptCrud.get(reader(), dept.id))?.updated_time).toBeNull()

    await inTransaction((db) => deptCrud.update(db, dept.id, { name: unique('renamed') }))

    expect((await deptCrud.get(reader(), dept.id))?.updated_time).toBeInstanceOf(Date)
  })

  it('of many rows keep the first hundred in the log and count the rest', async () => {
    const sort = Math.floor(Math.random() * 1e9)
    const changes = await inTransaction(async (db) => {
      await deptCrud.createMany(
        db,
        Array.from({ length: 130 }, (_, n) => ({ name: `d${n}`, sort })),
      )
      await deptCrud.removeWhere(db, { sort })
      return db.changes.toJSON()
    })

    expect(changes?.count).toBe(260)
    expect(changes?.rows).toHaveLength(100)
  })

  it('are lost together when the work fails', async () => {
    const name = unique('dept')
    const work = inTransaction(async (db) => {
      await deptCrud.create(db, { name })
      throw new Error('stop')
    })

    await expect(work).rejects.toThrow('stop')
    expect(await deptCrud.exists(reader(), { name })).toBe(false)
  })
})

describe('many writers at once', () => {
  it('lose no step of a counter that all of them read and then write', async () => {
    const dept = await buildDept({ sort: 0 })
    const step = () =>
      inTransaction(async (db) => {
        // The lock comes with the change: touch the row first, then read what is true now.
        await deptCrud.update(db, dept.id, { leader: nextId() })
        const { sort } = (await deptCrud.get(db, dept.id)) ?? { sort: Number.NaN }
        await deptCrud.update(db, dept.id, { sort: sort + 1 })
      })

    await Promise.all(Array.from({ length: 40 }, step))

    expect((await deptCrud.get(reader(), dept.id))?.sort).toBe(40)
  })

  it('do not keep a transaction from its end that they wait for, nor what is read meanwhile', async () => {
    const [dept, other] = [await buildDept(), await buildDept()]
    const write = () => deptCrud.updateWhere(reader(), { id: other.id }, { leader: nextId() })
    const waiting: Promise<unknown>[] = []

    await inTransaction(async (db) => {
      await deptCrud.update(db, dept.id, { leader: 'first' })
      waiting.push(...Array.from({ length: 12 }, write))
      await new Promise((resolve) => setTimeout(resolve, 200))
      await deptCrud.get(reader(), other.id)
    })

    await Promise.all(waiting)
    expect((await deptCrud.get(reader(), dept.id))?.leader).toBe('first')
  })

  it('are repeated when the database picked them to break a deadlock', async () => {
    const [a, b] = [await buildDept({ sort: 0 }), await buildDept({ sort: 0 })]
    const both = (first: string, second: string) =>
      inTransaction(async (db) => {
        await deptCrud.updateWhere(db, { id: first }, { leader: nextId() })
        await new Promise((resolve) => setTimeout(resolve, 100))
        await deptCrud.updateWhere(db, { id: second }, { leader: nextId() })
      })

    await Promise.all([both(a.id, b.id), both(b.id, a.id)])

    expect((await deptCrud.get(reader(), a.id))?.leader).not.toBeNull()
  })
})

describe('tables that only grow', () => {
  it('are emptied in batches', async () => {
    const path = `/${unique('purge')}`
    for (let n = 0; n < 5; n += 1) await logged({ path })

    expect(await operaLogCrud.purge(reader(), { path: { [Op.eq]: path } }, 2)).toBe(5)
    expect(await operaLogCrud.count(reader(), { path })).toBe(0)
  })
})

it('the database is the one that was asked for', () => {
  const kinds = { sqlite: 'sqlite', mariadb: 'mysql', postgresql: 'postgres' }
  expect(kinds).toHaveProperty(process.env.TEST_DATABASE ?? 'sqlite', dialect())
  expect(database().getDialect()).toBe(dialect() === 'mysql' ? 'mysql' : dialect())
})

async function logged(values: { args?: Record<string, unknown>; path?: string }): Promise<string> {
  const id = nextId()
  await operaLogCrud.append(reader(), [{ ...LOGGED, ...values, id }])
  return id
}

const LOGGED = {
  trace_id: '0'.repeat(32),
  method: 'GET',
  title: 't',
  path: '/',
  ip: '::1',
  status: 1,
  opera_time: new Date(),
}
