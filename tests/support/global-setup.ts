import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '@jest/types'
import { compileTests } from './compile-tests'
import { createDatabase, startDatabase } from './database-server'
import { makeModulePack } from './module-pack/make'
import type { RunningServer } from './server-process'
import { startRedis } from './servers'
import { isCompiled } from './steward-command'
import { workerSchema } from './test-database'

/** What a run has started; `global-teardown.ts` takes it down. */
export interface TestRun {
  folder: string
  servers: RunningServer[]
}

declare global {
  var stewardTestRun: TestRun | undefined
}

/**
 * Before any test: one Redis per Jest worker (channels are shared by all databases of one Redis, so a number
 * would not keep workers apart) and the database server named by TEST_DATABASE with one database per worker.
 * Workers learn the addresses from the environment; see `setup-env.ts`.
 */
export default async function globalSetup(config: Config.GlobalConfig): Promise<void> {
  if (isCompiled()) compileTests()
  const folder = mkdtempSync(join(tmpdir(), 'steward-test-'))
  // Servers that refuse to run as root must be able to walk through to their own folder.
  chmodSync(folder, 0o711)
  const run: TestRun = { folder, servers: [] }
  globalThis.stewardTestRun = run
  process.env.TEST_FOLDER = folder
  const workers = Array.from({ length: config.maxWorkers }, (_, index) => index + 1)
  const redis = await Promise.all(workers.map((worker) => startRedis(join(folder, `redis-${worker}`))))
  run.servers.push(...redis)
  process.env.TEST_REDIS_PORTS = redis.map((server) => server.port).join(',')
  const database = await startDatabase(join(folder, 'database'))
  if (database) await prepareDatabase(run, database, workers)
  if (isCompiled()) await makeModulePack(folder, database)
}

async function prepareDatabase(run: TestRun, database: RunningServer, workers: number[]): Promise<void> {
  run.servers.push(database)
  process.env.TEST_DATABASE_HOST = database.host
  process.env.TEST_DATABASE_PORT = String(database.port)
  process.env.TEST_DATABASE_USER = database.user
  process.env.TEST_DATABASE_PASSWORD = database.password
  for (const worker of workers) await createDatabase(database, workerSchema(worker))
}
