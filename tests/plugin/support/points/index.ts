import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import {
  card,
  channels,
  dashboardCards,
  data,
  fileStores,
  inTransaction,
  module,
  signInProviders,
  tool,
  uploadAddress,
  z,
  type FileStore,
} from '#core'

const sms = channels.filledBy({ name: 'sms', send: () => Promise.resolve() })

const files = new Map<string, Buffer>()
const memory: FileStore = {
  name: 'memory',
  keep: (source, name) => {
    files.set(name, readFileSync(source))
    return Promise.resolve(uploadAddress(name))
  },
  read: (name) => {
    const content = files.get(name)
    if (name === 'broken.png') return Promise.reject(new Error('the bucket is away'))
    return Promise.resolve(content ? { body: Readable.from([content]), size: content.length } : null)
  },
}

const writing: FileStore = {
  name: 'writing',
  keep: (_source, name) => inTransaction(() => Promise.resolve(uploadAddress(name))),
}

const anybody = { title: 'points.count', access: 'signed_in', value: z.object({ count: z.int() }) }
const cards = [
  card({ ...anybody, name: 'points.good', read: () => Promise.resolve({ count: 3, secret: 'mine' }) }),
  card({ ...anybody, name: 'points.broken', read: () => Promise.reject(new Error('no')) }),
  card({ ...anybody, name: 'points.slow', read: () => new Promise<never>(() => {}) }),
  card({
    ...anybody,
    name: 'points.closed',
    access: 'points:see',
    read: () => Promise.resolve({ count: 4 }),
  }),
]

const add = tool({
  name: 'points_add',
  title: 'Add two numbers',
  description: 'Adds two whole numbers.',
  access: 'points:add',
  input: z.object({ a: z.int().describe('The first one.'), b: z.int() }),
  reply: data(z.object({ sum: z.int() })),
  handle: (_call, { a, b }) => ({ sum: a + b }),
})

export default module({
  name: 'points',
  routes: [add],
  extensions: [
    sms,
    fileStores.filledBy(memory),
    fileStores.filledBy(writing),
    ...cards.map((one) => dashboardCards.filledBy(one)),
    signInProviders.filledBy({
      name: 'points',
      ways: () => Promise.resolve([{ source: 'points', title: 'Points', path: '/points/sign-in' }]),
    }),
    signInProviders.filledBy({ name: 'points-broken', ways: () => Promise.reject(new Error('no')) }),
  ],
})
