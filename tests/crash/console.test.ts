import { closeSync, existsSync, openSync } from 'node:fs'
import { Client } from '../support/client'
import { buildUser, tokenOf, useApp } from '#testing'
import { ServerProcess } from './server-process'

// The application of the test itself only builds data.
useApp()

/** A device on Linux to which nothing can be written, as to a file on a full disk. */
const FULL = '/dev/full'

it.each(existsSync(FULL) ? ['pretty', 'json'] : [])(
  'a full disk under its console does not stop the server (%s)',
  async (format) => {
    const full = openSync(FULL, 'w')
    const server = new ServerProcess({ LOG_STD_LEVEL: 'INFO', LOG_FORMAT: format }, full)
    await server.start()
    const user = new Client(server.url, await tokenOf(await buildUser()))

    for (let call = 0; call < 20; call += 1) expect(await user.get('/sys/users/me')).toSucceed()

    expect(server.isRunning).toBe(true)
    await server.stop()
    closeSync(full)
  },
  60_000,
)
