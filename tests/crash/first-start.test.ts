import { Client } from '../support/client'
import { freshHome } from '../support/database-server'
import { ServerProcess } from './server-process'

it('starts three processes at once on an empty database, with one first user', async () => {
  const home = { ...(await freshHome()), ADMIN_PASSWORD: 'the-first-one-1' }
  const servers = Array.from({ length: 3 }, () => new ServerProcess(home))
  try {
    await Promise.all(servers.map((server) => server.start()))

    for (const { url } of servers) {
      const login = { username: 'admin', password: 'the-first-one-1' }
      expect((await new Client(url).post('/auth/login', login)).status).toBe(200)
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}, 120_000)
