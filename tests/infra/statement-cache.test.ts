import sqlite3 from 'sqlite3'
import { PatientDatabase } from '../../src/infra/patient-database'

let db: PatientDatabase

const finished = (work: (done: (error: Error | null) => void) => void) =>
  new Promise<void>((resolve, reject) => work((error) => (error ? reject(error) : resolve())))

const read = (sql: string, ...values: string[]) =>
  new Promise((resolve, reject) =>
    db.select(sql, values, (error, rows) => (error ? reject(error) : resolve(rows))),
  )

const change = (sql: string) => finished((done) => db.exec(sql, done))

beforeEach(async () => {
  await finished((done) => {
    db = new PatientDatabase(':memory:', sqlite3.OPEN_READWRITE, done)
  })
  await change("CREATE TABLE thing (id TEXT, name TEXT); INSERT INTO thing VALUES ('1', 'one'), ('2', 'two')")
})

const BY_ID = 'SELECT name FROM thing WHERE id = ?'

it('answers each time with the values of that time', async () => {
  for (let round = 0; round < 3; round += 1) {
    expect(await read(BY_ID, '1')).toEqual([{ name: 'one' }])
    expect(await read(BY_ID, '2')).toEqual([{ name: 'two' }])
  }
})

it('answers many at once, more than it keeps', async () => {
  await read(BY_ID, '1')

  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => read(BY_ID, n % 2 ? '1' : '2')))

  expect(answers).toEqual(Array.from({ length: 30 }, (_, n) => [{ name: n % 2 ? 'one' : 'two' }]))
})

it('sees that a table has changed, is gone, and is there again', async () => {
  const all = 'SELECT * FROM thing'
  await read(all)
  await read(all)

  await change("ALTER TABLE thing ADD COLUMN size INTEGER; DELETE FROM thing WHERE id = '2'")
  expect(await read(all)).toEqual([{ id: '1', name: 'one', size: null }])
  await change('DROP TABLE thing')
  await expect(read(all)).rejects.toThrow('no such table: thing')
  await change('CREATE TABLE thing (id TEXT)')
  expect(await read(all)).toEqual([])
})

it('tells what is wrong with a statement, every time', async () => {
  for (let round = 0; round < 3; round += 1)
    await expect(read('SELECT wrong FROM thing')).rejects.toThrow('no such column: wrong')
})

it('lets the connection be closed', async () => {
  for (let round = 0; round < 300; round += 1) await read(`SELECT ${round % 150} AS n`)
  const under = read(BY_ID, '1')

  await finished((done) => db.close(done))

  expect(await under).toEqual([{ name: 'one' }])
  await expect(read(BY_ID, '1')).rejects.toThrow('Database is closed')
})
