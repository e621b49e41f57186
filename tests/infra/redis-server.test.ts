import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Redis from 'ioredis'
import { startPrivateRedis } from '../../src/infra/redis-server'
import { OtherProcess } from '../support/process'
import { startOwnRedis, until } from '../support/redis'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redis-'))
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

it('keeps its data over a stop and a start, and never evicts', async () => {
  const first = await startOwnRedis(dir)
  await ask(first.path, (redis) => redis.set('kept', 'yes'))
  await first.stop()

  const second = await startOwnRedis(dir)
  const found = await ask(second.path, (redis) => redis.get('kept'))
  const policy = await ask(second.path, (redis) => redis.config('GET', 'maxmemory-policy'))
  await second.stop()

  expect(found).toBe('yes')
  expect(policy).toEqual(['maxmemory-policy', 'noeviction'])
})

it('comes back with its data when it is killed', async () => {
  const server = await startOwnRedis(dir)
  await ask(server.path, (redis) => redis.set('kept', 'yes'))
  const killed = server.pid()

  process.kill(killed, 'SIGKILL')
  await until('a new server', () => server.pid() !== killed)

  expect(await ask(server.path, (redis) => redis.get('kept'))).toBe('yes')
  await server.stop()
})

it('is shared by all processes of a folder, and only one of them owns it', async () => {
  const servers = await Promise.all([1, 2, 3].map(() => startProcess()))

  const answers = (await Promise.all(servers.map((server) => server.ask('state')))) as {
    owned: boolean
    run: string
  }[]

  expect(answers.filter((answer) => answer.owned)).toHaveLength(1)
  expect(new Set(answers.map((answer) => answer.run)).size).toBe(1)
  await Promise.all(servers.map((server) => server.kill()))
})

it('ends with the process that started it, killed or not', async () => {
  const owner = await startProcess()
  const { pid } = (await owner.ask('state')) as { pid: number }

  await owner.kill()

  await until('the end of the server', () => !isRunning(pid))
})

it('is taken over, with its data, when the process that started it is killed', async () => {
  const owner = await startProcess()
  const other = await startOwnRedis(dir)
  await ask(other.path, (redis) => redis.set('kept', 'yes'))

  await owner.kill()
  await until('the take-over', () => other.owned)
  expect(await ask(other.path, (redis) => redis.get('kept'))).toBe('yes')
  await other.stop()

  await expect(ask(other.path, (redis) => redis.ping())).rejects.toThrow()
})

it('starts although a killed process left its lock', async () => {
  writeFileSync(join(dir, 'redis.lock'), `${process.pid} another-boot:1`)

  const server = await startOwnRedis(dir)

  expect(server.owned).toBe(true)
  await server.stop()
})

it('takes a folder whose path is too long for a socket', async () => {
  const long = join(dir, 'x'.repeat(120))
  await mkdir(long)

  const server = await startOwnRedis(long)

  expect(await ask(server.path, (redis) => redis.ping())).toBe('PONG')
  await server.stop()
})

it('says what to install when there is no server', async () => {
  const starting = startPrivateRedis({ dir, programs: ['no-such-server'] })

  await expect(starting).rejects.toThrow(/No Redis is installed .*apt install redis-server/)
})

it('quotes the log of the server when it does not start', async () => {
  await mkdir(join(dir, 'appendonlydir'))
  writeFileSync(join(dir, 'appendonlydir', 'appendonly.aof.manifest'), 'this is no manifest')

  await expect(startPrivateRedis({ dir })).rejects.toThrow(/did not start in .*[\s\S]*AOF manifest/i)
})

function startProcess(): Promise<OtherProcess> {
  return OtherProcess.start('tests/infra/redis-server-process.ts', { dir })
}

async function ask<T>(path: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(path, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
  client.on('error', () => undefined)
  try {
    return await question(client)
  } finally {
    if (client.status !== 'end') client.disconnect()
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
