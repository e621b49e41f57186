import { Redis } from 'ioredis'
import { steward } from '../support/cli'
import { freshHome } from '../support/database-server'

const FORGOTTEN = [
  'fba:opera_log',
  'fba:email:captcha:1:a@b.c',
  'fba:phone:captcha:1:1234567',
  'fba:user:7',
  'fba:something_of_tomorrow:1',
  'own:tokens:1:2',
]
const KEPT = ['fba:snowflake:last:3:4', 'fbaz', 'somebody:else']

it('init forgets everything in Redis that is of Steward, but for nodes of ids, and nothing else', async () => {
  const home: Record<string, string> = { ...(await freshHome()), TOKEN_REDIS_PREFIX: 'own:tokens' }
  const db = Number(home.REDIS_DATABASE)
  const redis = new Redis({ host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT), db })
  for (const key of [...FORGOTTEN, ...KEPT]) await redis.set(key, 'there')

  expect(await steward(['init', '--yes'], { home })).toMatchObject({ code: 0 })

  // The operation log begins a new stream at once.
  const left = [...FORGOTTEN, ...KEPT].map(async (key) => ((await redis.type(key)) === 'string' ? [key] : []))
  expect((await Promise.all(left)).flat()).toEqual(KEPT)
  await redis.quit()
}, 120_000)
