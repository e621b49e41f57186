import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { createApp } from '../../src/app'
import { unavailable } from '../../src/common/errors'
import { data, module, route } from '../../src/core'
import { Client, useApp } from '#testing'

useApp()

const ask = route({
  method: 'get',
  path: '/asked',
  title: 'Ask',
  access: 'public',
  reply: data(z.string()),
  handle: () => 'answered',
})

it('a request that has waited long enough for its plugin to be exchanged is answered as things are', async () => {
  const patience = Promise.resolve()
  const { koa } = createApp({
    modules: [module({ name: 'asked', version: '1.0.0', routes: [ask] })],
    identify: () => Promise.reject(new Error('nobody is asked')),
    record: () => Promise.resolve(),
    exchange: () => patience,
    gate: () => {
      throw unavailable('plugin.busy')
    },
  })
  const server = koa.listen(0)
  try {
    const { port } = server.address() as AddressInfo
    expect(await new Client(`http://127.0.0.1:${port}`).get('/asked')).toFail(503, 'plugin.busy')
  } finally {
    server.close()
  }
})
