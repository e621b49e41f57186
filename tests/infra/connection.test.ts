import { setTimeout as pause } from 'node:timers/promises'
import { env } from '../../src/config/env'
import { closeDatabase, openDatabase } from '../../src/infra/database'
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
