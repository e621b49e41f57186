import { randomUUID } from 'node:crypto'
import { readTogether } from '../../src/infra/read-together'
import { closeRedis, redis } from '../../src/infra/redis'
import { openTestRedis } from '../support/redis'

beforeEach(() => openTestRedis())
afterEach(async () => {
  jest.restoreAllMocks()
  await closeRedis()
})

it('gives everybody his own values, in the order in which he asked', async () => {
  const [one, two, none] = [randomUUID(), randomUUID(), randomUUID()]
  await redis().mset(one, 'first', two, 'second')

  const answers = await Promise.all([
    readTogether(redis(), [one, two]),
    readTogether(redis(), [two, none, one]),
    readTogether(redis(), []),
  ])

  expect(answers).toEqual([['first', 'second'], ['second', null, 'first'], []])
})

it('asks once for all who come together, and each key once', async () => {
  const asked = jest.spyOn(redis(), 'mget')
  const [mine, shared] = [randomUUID(), randomUUID()]

  await Promise.all([readTogether(redis(), [mine, shared]), readTogether(redis(), [shared])])

  expect(asked.mock.calls).toEqual([[[mine, shared]]])
})

it('never answers with what was read before the question', async () => {
  const key = randomUUID()
  const early = readTogether(redis(), [key])
  await early
  await redis().set(key, 'new')

  expect(await readTogether(redis(), [key])).toEqual(['new'])
})

it('tells everybody that Redis is away', async () => {
  const client = redis()
  client.disconnect()

  const answers = await Promise.allSettled([readTogether(client, ['a']), readTogether(client, ['b'])])

  expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected'])
})
