import { closeDatabase, database, openDatabase } from '../../src/infra/database'
import { runOn } from '../../src/infra/plain-rows'

/** A process that asks its database one thing in each of the ways there are; see `echo.test.ts`. */
async function main(): Promise<void> {
  const db = await openDatabase()
  await db.query('SELECT $word AS first', { bind: { word: 'beetroot' } })
  if (db.getDialect() === 'sqlite') {
    const connection = await database().connectionManager.getConnection({ type: 'read' })
    await runOn(db, connection, { sql: 'SELECT ? AS second', values: ['parsnip'] })
  }
  await closeDatabase()
}

void main()
