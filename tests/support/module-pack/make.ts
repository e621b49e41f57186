import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { createDatabase } from '../database-server'
import type { Address } from '../server-process'
import { compiledFile } from '../steward-command'
import { workerSettings } from '../worker-settings'

/** Lets one server start and stop, whose modules all the others take over; see `read.ts`. */
export async function makeModulePack(folder: string, database: Address | null): Promise<void> {
  const DATABASE_SCHEMA = 'steward_test_pack'
  await createDatabase(database, DATABASE_SCHEMA)
  process.env.TEST_MODULE_PACK = join(folder, 'modules.pack')
  const own = {
    DATA_DIR: join(folder, 'pack'),
    REDIS_DATABASE: '63',
    ...(database ? { DATABASE_SCHEMA } : {}),
  }
  const env = { ...process.env, ...workerSettings(1), ...own }
  execFileSync(process.execPath, [compiledFile('tests/support/module-pack/main.ts')], { env, stdio: 'pipe' })
}
