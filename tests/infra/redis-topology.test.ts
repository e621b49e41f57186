import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Redis from 'ioredis'
import { TwoLevelCache } from '../../src/infra/cache'
import { beginChange, readEpochs } from '../../src/infra/epoch'
import { nextId, startIds, stopIds } from '../../src/infra/ids'
import { closeRedis, openRedis, readKeys, redis } from '../../src/infra/redis'
import { forbidden } from '../../src/common/errors'
import { clearFailures, countFailure } from '../../src/security/lockout'
import { limit } from '../../src/security/rate-limit'
import { endSessionsOf, openSession, readSession, refreshSession } from '../../src/security/session'
import { listSessions } from '../../src/security/session-list'
import { initTokens } from '../../src/security/token'
import { findProgram, freePort, launch } from '../support/server-process'
import { until } from '../support/redis'

const HOST = '127.0.0.1'
const stops: (() => Promise<void>)[] = []
let dir: string
let cache: TwoLevelCache | undefined

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redis-'))
})

afterEach(async () => {
  cache?.stop()
  await stopIds()
  await closeRedis()
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

it('a cluster serves everything, over all its nodes', async () => {
  const ports = await startCluster()
  const name = randomUUID()

  await openRedis({ url: `redis+cluster://${ports.map((port) => `${HOST}:${port}`).join(',')}` })

  const keys = Array.from({ length: 50 }, (_, index) => `${name}:${index}`)
  await Promise.all(keys.map((key) => redis().set(key, '1')))
  expect(await readKeys(redis(), keys)).toEqual(keys.map(() => '1'))

  await startIds(redis(), { prefix: name })
  expect(nextId()).toMatch(/^\d{19}$/)

  const before = await readEpochs([name, 'rights'])
  const change = await beginChange([name, 'rights'])
  expect((await readEpochs([name, 'rights'])).cacheable).toBe(false)
  await change.done()
  expect(await readEpochs([name, 'rights'])).toMatchObject({
    cacheable: true,
    version: expect.not.stringMatching(before.version),
  })

  cache = new TwoLevelCache(redis(), { channel: `${name}-dropped` })
  await cache.start()
  expect(await cache.through(`${name}:0`, 60, () => Promise.resolve(2))).toBe(1)
  await cache.dropPrefix(name)
  expect(await readKeys(redis(), keys)).toEqual(keys.map(() => null))
  expect(await cache.through(`${name}:0`, 60, () => Promise.resolve(2))).toBe(2)

  const rule = { name, points: 1, seconds: 30 }
  await limit(rule, '10.0.0.1')
  await expect(limit(rule, '10.0.0.1')).rejects.toMatchObject({ status: 429 })
})

it('a cluster keeps sessions and locks, each user whole on one of its nodes', async () => {
  const ports = await startCluster()
  await openRedis({ url: `redis+cluster://${ports.map((port) => `${HOST}:${port}`).join(',')}` })
  initTokens('a-secret-that-is-long-enough-for-hs256')
  const info = {
    username: 'a',
    nickname: 'a',
    last_login_time: '',
    ip: '',
    os: null,
    browser: null,
    device: null,
  }
  const users = ['2048601263515930624', '2048601263515930625', '2048601263515930626']

  for (const user of users) {
    await openSession({ user_id: user, info })
    const opened = await openSession({ user_id: user, info, alone: true })
    const renewed = await refreshSession(opened.refresh_token ?? '', { info, alone: true })
    expect(await readSession(renewed.access_token)).toMatchObject({ user_id: user, family: opened.family })
    const refusal = forbidden('login.wrong_credentials')
    expect(await countFailure(user, refusal)).toBe(refusal)
    await clearFailures(user)
  }

  expect((await listSessions()).map((session) => session.user_id).sort()).toEqual(users)
  for (const user of users) expect(await endSessionsOf(user)).toBe(1)
  expect(await listSessions()).toEqual([])
})

it('a master that Sentinel replaces is followed', async () => {
  const [stopMaster, master] = await startServer('master')
  const [, replica] = await startServer('replica', ['--replicaof', HOST, String(master)])
  const sentinel = await startSentinel(master)
  await openRedis({ url: `redis+sentinel://${HOST}:${sentinel}/main/0` })
  await redis().set('kept', 'yes')
  await redis().wait(1, 5000)

  await stopMaster()

  await until('the new master', () =>
    redis()
      .set('written', 'after')
      .then(
        () => true,
        () => false,
      ),
  )
  expect(await redis().get('kept')).toBe('yes')
  expect(redis().stream).toMatchObject({ remotePort: replica })
})

async function startServer(name: string, args: string[] = []): Promise<[() => Promise<void>, number]> {
  const port = await freePort()
  const folder = join(dir, `${name}-${port}`)
  mkdirSync(folder)
  const common = [
    '--port',
    String(port),
    '--bind',
    HOST,
    '--dir',
    folder,
    '--save',
    '',
    '--repl-diskless-sync-delay',
    '0',
  ]
  const command = findProgram(['redis-server', 'valkey-server'], 'redis-server')
  const server = {
    command,
    args: [...common, ...args],
    log: join(folder, 'server.log'),
    signal: 'TERM' as const,
  }
  const stop = await launch(server, () => tell(port, 'ping'))
  stops.push(stop)
  return [stop, port]
}

async function startCluster(): Promise<number[]> {
  const one = (await startServer('node', ['--cluster-enabled', 'yes']))[1]
  const two = (await startServer('node', ['--cluster-enabled', 'yes']))[1]
  await tell(one, 'cluster', 'addslotsrange', 0, 8191)
  await tell(two, 'cluster', 'addslotsrange', 8192, 16383)
  await tell(one, 'cluster', 'meet', HOST, two)
  for (const port of [one, two]) {
    await until('the cluster is complete', async () =>
      String(await tell(port, 'cluster', 'info')).includes('state:ok'),
    )
  }
  return [one, two]
}

async function startSentinel(master: number): Promise<number> {
  const port = await freePort()
  const file = join(dir, `sentinel-${port}.conf`)
  const settings = [
    'down-after-milliseconds main 500',
    'failover-timeout main 2000',
    `monitor main ${HOST} ${master} 1`,
  ]
  const lines = settings.reverse().map((setting) => `sentinel ${setting}`)
  writeFileSync(file, [`port ${port}`, `bind ${HOST}`, ...lines].join('\n'))
  const command = findProgram(['redis-server', 'valkey-server'], 'redis-server')
  const server = {
    command,
    args: [file, '--sentinel'],
    log: join(dir, 'sentinel.log'),
    signal: 'TERM' as const,
  }
  stops.push(await launch(server, () => tell(port, 'ping')))
  await until('Sentinel knows the replica', async () => {
    const known = (await tell(port, 'sentinel', 'replicas', 'main')) as string[][]
    return known.some((replica) => replica.includes('ok') && replica.includes('slave'))
  })
  return port
}

async function tell(port: number, command: string, ...args: (string | number)[]): Promise<unknown> {
  const client = new Redis({ host: HOST, port, lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.call(command, ...args)
  } finally {
    client.disconnect()
  }
}
