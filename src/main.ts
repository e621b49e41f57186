import http from 'node:http'
import { createApp } from './app'
import { modules as coreModules, identify, record, ensureFirstUser } from './app/modules'
import { boot } from './boot'
import { env } from './config/env'
import { Lifecycle } from './core/lifecycle'
import { inOrder, type Module } from './core/module'
import { logger } from './infra/logger'

export interface Running {
  server: http.Server
  port: number
  lifecycle: Lifecycle
}

/** Starts the roles named in ROLES with the core and the given plugins; `lifecycle.stop()` closes what it opened. */
export async function start(plugins: Module[] = []): Promise<Running> {
  const lifecycle = new Lifecycle()
  const modules = inOrder([...coreModules, ...plugins])
  try {
    await boot(lifecycle, modules)
    await ensureFirstUser()
    const { koa } = createApp({ modules, identify, record })
    const server = http.createServer(koa.callback())
    const port = await listen(server)
    lifecycle.onStop('web server', () => drain(server), env.SHUTDOWN_TIMEOUT_SECONDS)
    return { server, port, lifecycle }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

const listen = (server: http.Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(env.PORT, env.HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : env.PORT)
    })
  })

/** New connections are refused, requests under way finish, idle connections are closed. */
const drain = (server: http.Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })

if (require.main === module) {
  start().then(
    ({ lifecycle, port }) => {
      logger.info(`listening on http://${env.HOST}:${port}`)
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.once(signal, () => void lifecycle.stop().then(() => process.exit(0)))
      }
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      process.exit(1)
    },
  )
}
