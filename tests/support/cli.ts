import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { QueryTypes } from 'sequelize'
import { env } from '../../src/config/env'
import { closeDatabase, openDatabase } from '../../src/infra/database'
import { stewardCommand } from './steward-command'

export interface Answer {
  code: number | null
  stdout: string
  stderr: string
}

export interface CliOptions {
  /** Settings added to those of this Jest worker; see `freshHome()`. */
  home?: Record<string, string>
  /** What is typed, or piped, into it. */
  input?: string
  /** Working folder; that of the project unless given. */
  cwd?: string
  /** Reads the first bytes of the output and goes away, as `head` does. */
  closesEarly?: boolean
}

/** Runs the command line as people do, and waits for its end. A process that does not end by itself fails the test. */
export async function steward(
  args: string[],
  { home = {}, input = '', cwd, closesEarly }: CliOptions = {},
): Promise<Answer> {
  const child = spawn(process.execPath, [...stewardCommand('src/cli/main'), ...args], {
    env: { ...process.env, ...home },
    cwd,
    timeout: 120_000,
  })
  const answer: Answer = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (part: Buffer) => (answer.stdout += part.toString()))
  if (closesEarly) child.stdout.destroy()
  child.stderr.on('data', (part: Buffer) => (answer.stderr += part.toString()))
  child.stdin.on('error', () => undefined) // it ended before it read everything
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { ...answer, code }
}

/** The rows that commands have left in the operation log of an installation, in order. */
export async function operationLogOf(home: Record<string, string>): Promise<{ title: string }[]> {
  const DATABASE_FILE = join(String(home.DATA_DIR), 'steward.db')
  const DATABASE_SCHEMA = home.DATABASE_SCHEMA ?? env.DATABASE_SCHEMA
  const db = await openDatabase({ ...env, DATABASE_FILE, DATABASE_SCHEMA })
  try {
    const sql = "SELECT title, args, changes FROM sys_opera_log WHERE method = 'CLI' ORDER BY id"
    return await db.query<{ title: string }>(sql, { type: QueryTypes.SELECT })
  } finally {
    await closeDatabase()
  }
}
