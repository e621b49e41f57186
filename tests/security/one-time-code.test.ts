import { checkCode, issueCode } from '../../src/security/one-time-code'
import { closeRedis, openRedis, redis } from '../../src/infra/redis'
import { randomUUID } from 'node:crypto'

beforeAll(() => openRedis({ host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT) }))
afterAll(() => closeRedis())

const newKey = () => `test:code:${randomUUID()}`

it('makes six digits from 1 to 9 that last as long as asked', async () => {
  const key = newKey()

  expect(await issueCode(key, 180)).toMatch(/^[1-9]{6}$/)
  expect(await redis().ttl(key)).toBeGreaterThan(170)
})

it('accepts a code once, however many ask at the same time', async () => {
  const key = newKey()
  const code = await issueCode(key, 180)

  const answers = await Promise.all([checkCode(key, code), checkCode(key, code), checkCode(key, code)])

  expect(answers.sort()).toEqual(['expired', 'expired', 'right'])
})

it('compares exactly', async () => {
  const key = newKey()
  const code = await issueCode(key, 180)

  for (const wrong of [` ${code}`, code.slice(1), '', `${code}0`])
    expect(await checkCode(key, wrong)).toBe('wrong')
  expect(await checkCode(key, code)).toBe('right')
})

it('is void after five wrong tries, until a new one is made', async () => {
  const key = newKey()
  const code = await issueCode(key, 180)

  for (let n = 0; n < 5; n += 1) expect(await checkCode(key, '000000')).toBe('wrong')
  expect(await checkCode(key, code)).toBe('expired')

  expect(await checkCode(key, await issueCode(key, 180))).toBe('right')
})

it('counts tries for each code anew and leaves nothing behind', async () => {
  const key = newKey()
  await issueCode(key, 180)
  for (let n = 0; n < 4; n += 1) await checkCode(key, '000000')
  expect(await redis().ttl(`${key}:tries`)).toBeGreaterThan(170)

  const code = await issueCode(key, 180)
  expect(await checkCode(key, '000000')).toBe('wrong')
  expect(await checkCode(key, code)).toBe('right')

  expect(await redis().exists(key, `${key}:tries`)).toBe(0)
})
