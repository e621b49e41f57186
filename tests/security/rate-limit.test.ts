import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeRedis, openRedis, redis, redisState } from '../../src/infra/redis'
import { limit, RateLimiter, type RateRule } from '../../src/security/rate-limit'
import fc from '../support/property'
import { openTestRedis, startOwnRedis, until } from '../support/redis'

let rule: RateRule

beforeEach(async () => {
  rule = { name: `test-${randomUUID()}`, points: 3, seconds: 30 }
  await openTestRedis()
})

afterEach(() => closeRedis())

it('refuses the call after the last allowed one and says how long to wait', async () => {
  await useUp('10.0.0.1')

  await expect(limit(rule, '10.0.0.1')).rejects.toMatchObject({
    status: 429,
    key: 'request.too_many',
    headers: { 'Retry-After': '30' },
  })
})

it('has a window of its own for every client', async () => {
  await useUp('10.0.0.1')

  await expect(limit(rule, '10.0.0.2')).resolves.toBeUndefined()
})

it('takes all addresses of one IPv6 network for one client, and no others', async () => {
  await useUp('2606:50c0:8000:1::153')

  await expect(limit(rule, '2606:50c0:8000:1:a:b:c:d')).rejects.toMatchObject({ status: 429 })
  await expect(limit(rule, '2606:50c0:8000:2::153')).resolves.toBeUndefined()
})

it('has a window of its own for every rule', async () => {
  await useUp('10.0.0.1')

  await expect(limit({ ...rule, name: `${rule.name}-2` }, '10.0.0.1')).resolves.toBeUndefined()
})

it('opens again when the window has passed, however many calls were refused in it', async () => {
  rule.seconds = 1
  await useUp('10.0.0.1')
  for (let i = 0; i < 10; i++) await expect(limit(rule, '10.0.0.1')).rejects.toMatchObject({ status: 429 })

  await sleep(1100)

  await expect(useUp('10.0.0.1')).resolves.toBeUndefined()
})

it('leaves no key behind', async () => {
  await useUp('10.0.0.1')

  const ttl = await redis().ttl(`fba:limiter:${rule.name}:10.0.0.1`)

  expect(ttl).toBeGreaterThan(0)
  expect(ttl).toBeLessThanOrEqual(30)
})

it('counts the calls of all processes together', async () => {
  const [here, there] = [new RateLimiter(redis()), new RateLimiter(redis())]
  await here.limit(rule, '10.0.0.1')
  await there.limit(rule, '10.0.0.1')
  await here.limit(rule, '10.0.0.1')

  await expect(there.limit(rule, '10.0.0.1')).rejects.toMatchObject({ status: 429 })
})

it('goes on counting in memory while Redis is away', async () => {
  await closeRedis()
  const own = await startOwnRedis()
  await openRedis({ path: own.path })
  await limit(rule, '10.0.0.1')
  await own.stop()
  await until('the loss is noticed', () => !redisState().is_connected)

  await useUp('10.0.0.1')

  await expect(limit(rule, '10.0.0.1')).rejects.toMatchObject({ status: 429 })
  await own.remove()
})

/** When a call was sent and answered; Redis let it through, or refused it, at a moment between the two. */
interface Sent {
  before: number
  after: number
  isThrough: boolean
}

async function send(): Promise<Sent> {
  const before = performance.now()
  const isThrough = await limit(rule, '10.0.0.1').then(
    () => true,
    () => false,
  )
  return { before, after: performance.now(), isThrough }
}

/** Redis counts whole milliseconds, by a clock that is not ours. */
const ROUNDING = 20

it('lets no more through in any stretch of time, and refuses nobody without need', async () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 4, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(pauses, async (between) => {
      rule = { name: `test-${randomUUID()}`, points: 2, seconds: 1 }
      const through: Sent[] = []
      for (const pause of between) {
        await sleep(pause)
        const one = await send()
        const last = through.at(-rule.points)
        if (one.isThrough && last) expect(one.after - last.before).toBeGreaterThanOrEqual(1000 - ROUNDING)
        if (!one.isThrough) expect(one.before - (last?.after ?? 0)).toBeLessThanOrEqual(1000 + ROUNDING)
        if (one.isThrough) through.push(one)
      }
    }),
    // The example: a window that begins with its first call would let the last three through within 200 ms.
    { numRuns: 6, examples: [[[0, 900, 200, 0]]], endOnFailure: true },
  )
}, 60_000)

async function useUp(client: string): Promise<void> {
  for (let i = 0; i < rule.points; i++) await limit(rule, client)
}
