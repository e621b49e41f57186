import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { RunningServer } from './server-process'
import { startMariadb, startPostgresql } from './servers'
import { testDatabase } from './test-database'

/**
 * The database server of this run: the one that TEST_DATABASE_HOST names (with TEST_DATABASE_PORT, _USER,
 * _PASSWORD; the user must be allowed to create databases), or else a private one. None for SQLite.
 */
export async function startDatabase(folder: string): Promise<RunningServer | null> {
  const kind = testDatabase()
  if (kind === 'sqlite') return null
  const { TEST_DATABASE_HOST: host, TEST_DATABASE_USER: user = 'root' } = process.env
  if (!host) return kind === 'mariadb' ? startMariadb(folder) : startPostgresql(folder)
  const port = Number(process.env.TEST_DATABASE_PORT ?? (kind === 'mariadb' ? 3306 : 5432))
  const password = process.env.TEST_DATABASE_PASSWORD ?? ''
  return { host, port, user, password, stop: () => Promise.resolve() }
}

/** Makes an empty database of that name, dropping one that is left over. Does nothing for SQLite. */
export async function createDatabase(server: RunningServer | null, name: string): Promise<void> {
  if (!server) return
  const { host, port, user, password } = server
  if (testDatabase() === 'mariadb') {
    const connection = await createConnection({ host, port, user, password })
    await connection.query(`DROP DATABASE IF EXISTS \`${name}\``)
    await connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
    await connection.end()
    return
  }
  const client = new Client({ host, port, user, password, database: 'postgres' })
  await client.connect()
  await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
  await client.query(`CREATE DATABASE "${name}"`)
  await client.end()
}
