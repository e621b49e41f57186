import { fork } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { RunningServer } from '../tests/support/server-process'
import { startMariadb, startPostgresql } from '../tests/support/servers'
import type { Line } from './line'

const SCHEMA = 'steward_bench'
const DATABASES = ['sqlite', 'mariadb', 'postgresql'] as const
type Kind = (typeof DATABASES)[number]

/** Settings of a new installation on a server of its own. */
async function home(
  kind: Kind,
  folder: string,
): Promise<{ env: NodeJS.ProcessEnv; server: RunningServer | null }> {
  const base = {
    DATA_DIR: path.join(folder, 'data'),
    LOG_STD_LEVEL: 'ERROR',
    ADMIN_PASSWORD: 'bench-password-1',
  }
  if (kind === 'sqlite') return { env: { ...base, DATABASE_TYPE: 'sqlite' }, server: null }
  const start = kind === 'mariadb' ? startMariadb : startPostgresql
  const server = await start(path.join(folder, 'server'))
  const env = {
    ...{ DATABASE_TYPE: kind === 'mariadb' ? 'mysql' : kind, DATABASE_SCHEMA: SCHEMA },
    ...{ DATABASE_HOST: server.host, DATABASE_PORT: String(server.port) },
    ...{ DATABASE_USER: server.user, DATABASE_PASSWORD: server.password },
  }
  return { env: { ...base, ...env }, server }
}

async function measure(kind: Kind): Promise<Line[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'steward-bench-'))
  // PostgreSQL does not run as root, and its own user has to get in.
  chmodSync(folder, 0o755)
  const { env, server } = await home(kind, folder)
  try {
    const child = fork(path.join(__dirname, 'search-database.ts'), [kind], {
      execArgv: ['--import', 'tsx', '--conditions=source'],
      env: { ...process.env, ...env },
    })
    return await new Promise<Line[]>((resolve, reject) => {
      child.once('message', (lines) => resolve(lines as Line[]))
      child.once('exit', (code) => reject(new Error(`the measuring process ended with ${code}`)))
    })
  } finally {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Search among a million task results on each database, or on those that BENCH_DATABASES names. */
export async function searchLines(): Promise<Line[]> {
  const named = process.env['BENCH_DATABASES']?.split(',')
  const lines: Line[] = []
  for (const kind of DATABASES.filter((one) => !named || named.includes(one)))
    lines.push(...(await measure(kind)))
  return lines
}
