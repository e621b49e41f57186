import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QueryTypes, Sequelize, type Transaction } from 'sequelize'
import sqlite3 from 'sqlite3'
import { keepWriter } from '../../src/infra/kept-writer'

let folder: string
let db: Sequelize
let opened: number
let closed: number

class CountedDatabase extends sqlite3.Database {
  constructor(file: string, mode: number, done: (error: Error | null) => void) {
    super(file, mode, done)
    opened += 1
  }

  override close(done?: (error: Error | null) => void): void {
    closed += 1
    super.close(done)
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kept-writer-'))
  ;[opened, closed] = [0, 0]
  db = new Sequelize({
    dialect: 'sqlite',
    dialectModule: { ...sqlite3, Database: CountedDatabase },
    storage: join(folder, 'db.sqlite3'),
    logging: false,
  })
  keepWriter(db)
  await db.query('CREATE TABLE thing (name TEXT)')
})
afterEach(async () => {
  await db.close()
  expect(closed).toBe(opened) // the kept one too
  rmSync(folder, { recursive: true })
})

const add = (name: string, transaction: Transaction) =>
  db.query('INSERT INTO thing VALUES (?)', { replacements: [name], transaction })

const names = async (transaction?: Transaction) => {
  const rows = await db.query<{ name: string }>('SELECT name FROM thing ORDER BY name', {
    type: QueryTypes.SELECT,
    ...(transaction && { transaction }),
  })
  return rows.map(({ name }) => name)
}

it('serves transactions that follow each other with one connection', async () => {
  for (const name of ['a', 'b', 'c']) await db.transaction((transaction) => add(name, transaction))

  expect(await names()).toEqual(['a', 'b', 'c'])
  expect(opened).toBe(2) // and the one outside of transactions
})

it('keeps nothing of a transaction that was rolled back', async () => {
  const failing = db.transaction(async (transaction) => {
    await add('a', transaction)
    throw new Error('given up')
  })
  await expect(failing).rejects.toThrow('given up')

  await db.transaction(async (transaction) => {
    expect(await names(transaction)).toEqual([])
    await add('b', transaction)
  })

  expect(await names()).toEqual(['b'])
})

it('gives each of two transactions at once a connection of its own', async () => {
  await db.transaction((outer) => db.transaction(async (inner) => [await names(outer), await names(inner)]))
  await db.transaction((transaction) => add('a', transaction))

  expect([opened, closed]).toEqual([3, 1])
})

it('leaves the connection outside of transactions alone when a statement there is tried again', async () => {
  await db.transaction((transaction) => add('a', transaction))
  const again = { type: 'read', uuid: 'default' } as const // what Sequelize has written into the options at the first try

  await db.connectionManager.getConnection(again)
  await db.transaction((transaction) => add('b', transaction))

  expect(await names()).toEqual(['a', 'b'])
  expect(opened).toBe(2)
})
