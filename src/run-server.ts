import { env } from './config/env'
import { Lifecycle } from './core/lifecycle'
import { stopOnSignals } from './core/signals'
import { greeting, whatIsNew } from './greeting'
import { logComplaints } from './infra/console-log'
import { openLogFiles } from './infra/logger'
import { start } from './start'
import { say } from './utils/printer'

/** Starts the server and tells the person at the terminal where it is. @throws what keeps it from starting */
export async function runServer(): Promise<void> {
  const lifecycle = new Lifecycle()
  stopOnSignals(lifecycle, env.SHUTDOWN_TIMEOUT_SECONDS)
  const madeSince = await whatIsNew(env.DATA_DIR)
  openLogFiles()
  logComplaints()
  const { firstUser, port, server, metricsPort } = await start({}, lifecycle)
  if (lifecycle.isStopping) return
  say(greeting({ made: await madeSince(), firstUser, port: server ? port : null, metricsPort }))
}
