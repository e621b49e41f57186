import { setTimeout as pause } from 'node:timers/promises'
import { env } from '../../src/config/env'
import { closeDatabase, inTransaction, openDatabase } from '../../src/infra/database'
import { testDatabase } from '../support/test-database'

/** SQLite keeps the one connection to its file. */
const isPooled = testDatabase() !== 'sqlite'

afterEach(() => closeDatabase())

it('keeps a connection while it is young, and takes a new one when it has become old', async () => {
  const db = await openDatabase({ ...env, DATABASE_POOL_RECYCLE: 2 })
  let opened = 0
  db.addHook('afterConnect', () => void (opened += 1))
  await db.query('SELECT 1')
  await db.query('SELECT 1')
  expect(opened).toBe(0)

  await pause(2100)
  await db.query('SELECT 1')

  if (isPooled) expect(opened).toBeGreaterThanOrEqual(1)
  else expect(opened).toBe(0)
})

it('a commit that fails leaves nothing behind, and the next transaction works', async () => {
  const db = await openDatabase()
  const late = testDatabase() === 'mariadb' ? '' : ' DEFERRABLE INITIALLY DEFERRED'
  await db.query('CREATE TABLE test_parent (id INTEGER PRIMARY KEY)')
  await db.query(
    `CREATE TABLE test_child (parent INTEGER, FOREIGN KEY (parent) REFERENCES test_parent (id)${late})`,
  )
  const add = (parent: number) =>
    inTransaction(({ transaction }) => db.query(`INSERT INTO test_child VALUES (${parent})`, { transaction }))
  try {
    await expect(add(1)).rejects.toThrow()
    await inTransaction(({ transaction }) => db.query('INSERT INTO test_parent VALUES (2)', { transaction }))
    await add(2)

    const [rows] = await db.query('SELECT parent FROM test_child')
    expect(rows).toEqual([{ parent: 2 }])
  } finally {
    await db.query('DROP TABLE test_child')
    await db.query('DROP TABLE test_parent')
  }
})
