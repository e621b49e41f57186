import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { findProgram, freePort, launch, type RunningServer } from './server-process'

/**
 * Real servers for tests, private to one run: own port, own data folder below `folder`, gone afterwards.
 * They give up durability for speed, nothing else.
 */
const HOST = '127.0.0.1'
const USER = 'steward'
const PASSWORD = 'only-for-tests'

export async function startRedis(folder: string): Promise<RunningServer> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const command = findProgram(['redis-server', 'valkey-server'], 'redis-server')
  const args = ['--bind', HOST, '--port', String(port), '--dir', folder]
  args.push('--save', '', '--appendonly', 'no', '--databases', '64', '--maxmemory-policy', 'noeviction')
  const log = join(folder, 'server.log')
  const stop = await launch({ command, args, log, signal: 'TERM' }, () => pingRedis(port))
  return { host: HOST, port, user: '', password: '', stop }
}

export async function startMariadb(folder: string): Promise<RunningServer> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const command = findProgram(['mariadbd', 'mysqld'], 'mariadb-server')
  const install = findProgram(['mariadb-install-db', 'mysql_install_db'], 'mariadb-server')
  const data = join(folder, 'data')
  const as = process.getuid?.() === 0 ? ['--user=root'] : []
  // Two servers that start at the same moment must not share a folder for temporary tables.
  const env = { ...process.env, TMPDIR: folder }
  execFileSync(install, ['--no-defaults', `--datadir=${data}`, ...as], { stdio: 'pipe', env })
  const args = ['--no-defaults', `--datadir=${data}`, ...as, `--init-file=${writeGrants(folder)}`]
  args.push(`--tmpdir=${folder}`)
  args.push(
    `--port=${port}`,
    `--socket=${join(folder, 's')}`,
    `--bind-address=${HOST}`,
    '--skip-name-resolve',
  )
  args.push('--skip-log-bin', '--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync')
  args.push('--innodb-doublewrite=0', '--performance-schema=off', '--max-connections=300')
  const log = join(folder, 'server.log')
  const stop = await launch({ command, args, log, signal: 'TERM' }, async () => {
    const connection = await createConnection({ host: HOST, port, user: USER, password: PASSWORD })
    await connection.end()
  })
  return { host: HOST, port, user: USER, password: PASSWORD, stop }
}

/** A fresh MariaDB has an anonymous user that wins over `'steward'@'%'` for local clients: it goes. */
function writeGrants(folder: string): string {
  const file = join(folder, 'grants.sql')
  writeFileSync(
    file,
    `DROP USER IF EXISTS ''@'localhost';
CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';
GRANT ALL ON *.* TO '${USER}'@'%' WITH GRANT OPTION;
`,
  )
  return file
}

export async function startPostgresql(folder: string): Promise<RunningServer> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const as = postgresUser()
  const password = join(folder, 'password')
  writeFileSync(password, PASSWORD)
  if (as.uid !== undefined && as.gid !== undefined) {
    chownSync(folder, as.uid, as.gid)
    chownSync(password, as.uid, as.gid)
  }
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
  const init = [
    '-D',
    data,
    '-U',
    USER,
    '-A',
    'scram-sha-256',
    `--pwfile=${password}`,
    '-E',
    'UTF8',
    `--locale=${locale}`,
  ]
  execFileSync(findProgram(['initdb'], 'postgresql'), [...init, '--no-sync'], {
    stdio: 'pipe',
    cwd: '/',
    ...as,
  })
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300']
  settings.push(`listen_addresses=${HOST}`, 'unix_socket_directories=', 'timezone=UTC')
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const command = findProgram(['postgres'], 'postgresql')
  const log = `${folder}.log`
  const stop = await launch({ command, args, log, signal: 'INT', ...as }, async () => {
    const client = new Client({ host: HOST, port, user: USER, password: PASSWORD, database: 'postgres' })
    await client.connect()
    await client.end()
  })
  return { host: HOST, port, user: USER, password: PASSWORD, stop }
}

/** PostgreSQL refuses to run as root; its package brings a user for it. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function pingRedis(port: number): Promise<void> {
  const redis = new Redis({ host: HOST, port, lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  await redis.connect()
  await redis.ping()
  await redis.quit()
}
