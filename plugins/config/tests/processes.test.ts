import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SecretBox, env, liveEnv, reader, redis } from '#core'
import { Client, buildUser, signInAdmin, stranger, tokenOf, useApp } from '#testing'
import { QueryTypes } from 'sequelize'
import { database } from '../../../src/infra/database'
import { StewardProcess } from '../../../tests/support/steward-process'
import { until } from '../../../tests/support/redis'
import { configCrud } from '../crud/config'

useApp({ plugins: ['config'] })

const PATH = '/sys/configs'
const folder = mkdtempSync(join(tmpdir(), 'config-plugin-'))

/** A second process on the same database and Redis, which says everything it logs. */
let other: StewardProcess
let here: Client
let there: Client

beforeAll(async () => {
  cpSync(resolve('plugins/config'), join(folder, 'config'), { recursive: true })
  other = await StewardProcess.start({
    ...{ PLUGIN_DIR: folder, PLUGIN_REQUIRED: '[]', ROLES: 'web', LOG_STD_LEVEL: 'DEBUG' },
  })
  here = await signInAdmin()
  there = new Client(other.address, await tokenOf(await buildUser({ is_superuser: true })))
}, 120_000)
afterAll(async () => {
  await other.stop()
  rmSync(folder, { recursive: true })
})

interface Row {
  id: string
  key: string
  value: string
}

async function find(key: string): Promise<Row> {
  const row = ((await here.get(`${PATH}/all`)).data as Row[]).find((one) => one.key === key)
  if (!row) throw new Error(`no row ${key}`)
  return row
}

it('a change counts on every process, whichever made it', async () => {
  const row = await find('LOGIN_CAPTCHA_ENABLED')
  const isAsked = async (who: Client) => (await who.get('/auth/captcha')).data.is_enabled as boolean

  expect(await here.put(PATH, [{ ...row, value: 'true' }])).toSucceed()
  await until('it counts there', () => isAsked(there))
  expect(await isAsked(stranger())).toBe(true)

  expect(await there.put(PATH, [{ ...row, value: 'false' }])).toSucceed()
  await until('it counts here', async () => !(await isAsked(stranger())))
  expect(await isAsked(there)).toBe(false)
  expect((await liveEnv()).LOGIN_CAPTCHA_ENABLED).toBe(false)
  expect(await here.put(PATH, [row])).toSucceed()
})

async function everyRow(): Promise<string> {
  const quote = (name: string) => database().getQueryInterface().quoteIdentifier(name)
  const tables = await database().getQueryInterface().showAllTables()
  const rows = tables.map((table) => {
    const name = typeof table === 'string' ? table : (table as { tableName: string }).tableName
    return database().query(`SELECT * FROM ${quote(name)}`, { type: QueryTypes.SELECT })
  })
  return JSON.stringify(await Promise.all(rows))
}

async function everyKeyOfRedis(): Promise<string> {
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis().get(key),
    hash: (key) => redis().hgetall(key),
    list: (key) => redis().lrange(key, 0, -1),
    set: (key) => redis().smembers(key),
    zset: (key) => redis().zrange(key, 0, -1),
    stream: (key) => redis().xrange(key, '-', '+'),
  }
  const keys = await redis().keys('*')
  return JSON.stringify(
    await Promise.all(keys.map(async (key) => [key, await readers[await redis().type(key)]?.(key)])),
  )
}

it('a secret is nowhere in the clear: not in an answer, a table, Redis or a line of the log', async () => {
  const needle = 'needle-in-a-haystack'
  const key = `TEST_${process.pid}_PASSWORD`
  const made = { name: 'A secret', type: 'TEST', key, value: `${needle}-1`, is_frontend: false, remark: null }
  expect(await there.post(PATH, made)).toSucceed()
  const row = await find(key)
  expect(await there.put(PATH, [{ ...row, value: `${needle}-2` }])).toSucceed()
  expect(await there.put(`${PATH}/${row.id}`, { ...row, value: `${needle}-3` })).toSucceed()
  expect((await there.post(PATH, { ...made, value: `${needle}-4` })).status).toBe(409)
  expect((await there.put(PATH, [{ ...row, id: '1', value: `${needle}-5` }])).status).toBe(409)

  const answers = [
    ...[await there.get(`${PATH}/all`), await there.get(`${PATH}/all?type=TEST`)],
    ...[await there.get(`${PATH}/${row.id}`), await there.get(`${PATH}?size=200`)],
    await there.get('/sys/plugins'),
  ]
  const [tables, keys] = [await everyRow(), await everyKeyOfRedis()]
  expect(await there.delete(PATH, [row.id])).toSucceed()

  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  // What is looked for would be found: other parts of the same row are there.
  expect(tables).toContain(key)
  expect(keys).toContain(`${env.CACHE_CONFIG_REDIS_PREFIX}:all`)
  expect(other.stdout).toContain('/sys/configs')
  for (const text of [JSON.stringify(answers), tables, keys, await everyRow(), other.stdout, other.stderr])
    expect(text).not.toContain(needle)
})

it('a secret that was sealed with a key that is gone is named in the log once, and nothing of it', async () => {
  const key = `TEST_${process.pid}_SECRET`
  const row = { name: 'Of a key that is gone', type: 'TEST', key, is_frontend: false, remark: null }
  expect(await there.post(PATH, { ...row, value: 'open sesame' })).toSucceed()
  const { id } = await find(key)
  const value = new SecretBox([{ id: 'gone', key: randomBytes(32) }]).seal('open sesame', 'elsewhere')
  await configCrud.update(reader(), id, { value })

  const kept = await find('EMAIL_HOST')
  for (const round of [1, 2, 3]) {
    expect(await there.put(PATH, [{ ...kept, value: `host-${round}.example` }])).toSucceed()
    expect(await there.get('/auth/captcha')).toSucceed()
    expect((await there.get(`${PATH}/${id}`)).data.value).toBe('')
  }
  expect(await there.put(PATH, [kept])).toSucceed()
  expect(await there.delete(PATH, [id])).toSucceed()

  // One line with its fields below it; the next line has bars again.
  expect(other.stdout.match(/cannot be opened[^|]*/g)).toEqual([expect.stringContaining(key)])
  expect(other.stdout).not.toContain(value)
})
