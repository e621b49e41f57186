import { existsSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { settingsFile } from '../../config/environment'
import { say } from '../../utils/printer'
import { agrees, askChoice, askSecret, askText, needTerminal } from '../ask'
import type { InitOptions } from '../command/init'
import { misused } from '../outcome'

type Lines = [name: string, value: string][]

const ENGINES = ['sqlite', 'mysql', 'postgresql'] as const
const STANDARD = {
  mysql: { port: '3306', user: 'root' },
  postgresql: { port: '5432', user: 'postgres' },
}

/**
 * Asks for the settings an installation cannot guess and writes them into `.env`. A file that is there is only
 * replaced after a yes. Keys are not asked for: the first start makes them.
 */
export async function writeSettings({ yes }: InitOptions): Promise<void> {
  const file = settingsFile()
  if (file === null) throw misused('STEWARD_ENV_FILE is empty, which means: no settings file.')
  const isThere = existsSync(file)
  if (yes && isThere) return say(`Kept: ${path.resolve(file)}`)
  if (!yes) needTerminal('Add --yes to take the defaults.')
  if (!yes && isThere && !(await agrees(`${path.resolve(file)} is there. Replace it?`)))
    return say(`Kept: ${path.resolve(file)}`)
  const lines = yes ? [['DATABASE_TYPE', 'sqlite'] satisfies [string, string]] : await askAll()
  const text = lines.map(([name, value]) => `${name}=${quoted(value)}`).join('\n')
  const head = '# Written by steward init --auto; what can be set: steward config example'
  // Passwords are in it: for its owner only, also where a file with other rights is replaced.
  await writeFile(file, `${head}\n${text}\n`, { mode: 0o600 })
  await chmod(file, 0o600)
  say(`Written: ${path.resolve(file)}`)
}

const askAll = async (): Promise<Lines> => [...(await askDatabase()), ...(await askRedis())]

async function askDatabase(): Promise<Lines> {
  const engine = await askChoice('Database', ENGINES, 'sqlite')
  if (engine === 'sqlite') return [['DATABASE_TYPE', engine]]
  const { port, user } = STANDARD[engine]
  return [
    ['DATABASE_TYPE', engine],
    ['DATABASE_HOST', await askText('Database host', '127.0.0.1')],
    ['DATABASE_PORT', await askText('Database port', port)],
    ['DATABASE_USER', await askText('Database user', user)],
    ['DATABASE_PASSWORD', await askSecret('Database password')],
    ['DATABASE_SCHEMA', await askText('Name of the database', 'fba')],
  ]
}

async function askRedis(): Promise<Lines> {
  const host = await askText('Redis host (empty: Steward runs a private one)', '')
  if (host === '') return []
  return [
    ['REDIS_HOST', host],
    ['REDIS_PORT', await askText('Redis port', '6379')],
    ['REDIS_PASSWORD', await askSecret('Redis password (empty: none)')],
    ['REDIS_DATABASE', await askText('Redis database', '0')],
  ]
}

/** In single quotes nothing has a meaning; a value that has them itself goes into double ones. */
function quoted(value: string): string {
  if (/^[\w./:@,+=-]*$/.test(value)) return value
  return value.includes("'") ? `"${value}"` : `'${value}'`
}
