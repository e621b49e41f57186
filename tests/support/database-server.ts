import { mkdtempSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { Address, RunningServer } from './server-process'
import { startMariadb, startPostgresql } from './servers'
import { testDatabase, workerSchema } from './test-database'

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
export async function createDatabase(server: Address | null, name: string): Promise<void> {
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

let homes = 0

async function emptyRedisDatabase(): Promise<string> {
  const db = (homes++ % 63) + 1
  const redis = new Redis({ host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT), db })
  await redis.flushdb()
  await redis.quit()
  return String(db)
}

/**
 * Settings for one more installation beside the worker's own, for tests that start servers or need a database
 * without tables: an empty data folder, an empty database and an empty Redis database (up to 63 per test file).
 */
export async function freshHome(): Promise<Record<string, string>> {
  const { TEST_FOLDER = '', JEST_WORKER_ID = '1', DATABASE_HOST = '', DATABASE_PORT } = process.env
  const folder = mkdtempSync(join(TEST_FOLDER, 'home-'))
  const home = { DATA_DIR: folder, REDIS_DATABASE: await emptyRedisDatabase() }
  if (testDatabase() === 'sqlite') return home
  const schema = `${workerSchema(JEST_WORKER_ID)}_${basename(folder).replace(/\W/g, '_')}`
  const { DATABASE_USER: user = '', DATABASE_PASSWORD: password = '' } = process.env
  await createDatabase({ host: DATABASE_HOST, port: Number(DATABASE_PORT), user, password }, schema)
  return { ...home, DATABASE_SCHEMA: schema }
}
