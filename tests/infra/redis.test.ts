import { randomUUID } from 'node:crypto'
import { toAppError } from '../../src/middleware/error'
import {
  closeRedis,
  connectRedis,
  isRedisDown,
  openRedis,
  readKeys,
  redis,
  redisState,
} from '../../src/infra/redis'
import { redisTarget } from '../../src/infra/redis-target'
import { openTestRedis, startOwnRedis, until, type OwnRedis } from '../support/redis'

afterEach(() => closeRedis())

describe('the command connection', () => {
  it('says what to do when it is used before it is open', () => {
    expect(() => redis()).toThrow('call openRedis() first')
  })

  it('names the place and the reason when Redis cannot be reached at the start', async () => {
    const opening = openRedis({ host: '127.0.0.1', port: 1, timeoutSeconds: 0.3 })

    await expect(opening).rejects.toThrow('Redis at 127.0.0.1:1 cannot be reached: connect ECONNREFUSED')
  })

  it('reads several keys at once, missing ones as null', async () => {
    const key = randomUUID()
    await (await openTestRedis()).set(key, 'here')

    expect(await readKeys(redis(), [key, `${key}-not`])).toEqual(['here', null])
  })
})

describe('while Redis is away', () => {
  let own: OwnRedis

  beforeEach(async () => {
    own = await startOwnRedis()
    await openRedis({ path: own.path, timeoutSeconds: 1 })
  })

  afterEach(() => own.remove())

  it('a command fails at once, with an error that becomes a 503', async () => {
    await own.stop()
    await until('the loss is noticed', () => !redisState().is_connected)

    const error = await redis()
      .get('key')
      .catch((caught: unknown) => caught)

    expect(toAppError(error)).toMatchObject({ status: 503, key: 'redis.unavailable' })
  })

  it('a command that was under way fails instead of waiting for ever', async () => {
    process.kill(own.pid(), 'SIGSTOP')
    const waiting = redis()
      .get('key')
      .catch((caught: unknown) => caught)

    process.kill(own.pid(), 'SIGKILL')

    expect(isRedisDown(await waiting)).toBe(true)
  })

  it('a server that no longer answers counts as away', async () => {
    process.kill(own.pid(), 'SIGSTOP')

    const error = await redis()
      .get('key')
      .catch((caught: unknown) => caught)
    process.kill(own.pid(), 'SIGCONT')

    expect(isRedisDown(error)).toBe(true)
    await until('it answers again', () =>
      redis()
        .ping()
        .then(
          () => true,
          () => false,
        ),
    )
  })

  it('the state says so, and commands work again when Redis is back', async () => {
    await own.stop()
    await until('the loss is noticed', () => redisState().last_error !== null)

    own = await startOwnRedis(own.dir)
    await until('the return', () => redisState().is_connected)

    expect(await redis().ping()).toBe('PONG')
    expect(redisState()).toEqual({ is_connected: true, last_error: null })
  })

  it('a subscriber finds its channel again by itself', async () => {
    const subscriber = connectRedis('subscriber')
    const heard: string[] = []
    subscriber.on('message', (_channel, message: string) => heard.push(message))
    await subscriber.subscribe('news')

    await own.stop()
    own = await startOwnRedis(own.dir)
    await until(
      'somebody listens',
      async () => redisState().is_connected && (await redis().publish('news', 'back')) === 1,
    )

    await until('the message', () => heard.includes('back'))
    subscriber.disconnect()
  })
})

describe('an error', () => {
  it('of a wrong command is not taken for an outage', async () => {
    await openTestRedis()
    const error = await redis()
      .call('nonsense')
      .catch((caught: unknown) => caught)

    expect(isRedisDown(error)).toBe(false)
  })
})

describe('a place', () => {
  it.each([
    [
      { host: 'r', port: 1, password: 'p', database: 2 },
      { kind: 'single', node: { host: 'r', port: 1 }, tls: false, password: 'p', database: 2 },
    ],
    [{ host: 'r' }, { kind: 'single', node: { host: 'r', port: 6379 }, tls: false, database: 0 }],
    [{ path: '/r.sock' }, { kind: 'socket', path: '/r.sock', database: 0 }],
    [{ url: 'unix:///run/r.sock?db=3' }, { kind: 'socket', path: '/run/r.sock', database: 3 }],
    [{ url: 'redis://r' }, { kind: 'single', node: { host: 'r', port: 6379 }, tls: false, database: 0 }],
    [
      { url: 'rediss://me:p%40ss@r:1/4' },
      {
        kind: 'single',
        node: { host: 'r', port: 1 },
        tls: true,
        username: 'me',
        password: 'p@ss',
        database: 4,
      },
    ],
    [
      { url: 'redis://:p@[::1]:7' },
      { kind: 'single', node: { host: '::1', port: 7 }, tls: false, password: 'p', database: 0 },
    ],
    [
      { url: 'redis+sentinel://:p@a,b:2/main/5?sentinel_password=s' },
      {
        kind: 'sentinel',
        nodes: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 2 },
        ],
        master: 'main',
        sentinelPassword: 's',
        tls: false,
        password: 'p',
        database: 5,
      },
    ],
    [
      { url: 'rediss+cluster://a:1,b:2' },
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        tls: true,
        database: 0,
      },
    ],
  ])('is read from %j', (place, target) => {
    expect(redisTarget(place)).toEqual(target)
  })

  it.each(['http://r', 'r:6379', 'redis+sentinel://a:1', 'unix://', 'redis://r/one', 'redis://r:port'])(
    'is refused with a sentence when it is %s',
    (url) => {
      expect(() => redisTarget({ url })).toThrow(/The Redis URL/)
    },
  )
})
