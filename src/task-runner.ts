import { currentUser, modules } from './app/modules'
import { boot } from './boot'
import { Lifecycle } from './core/lifecycle'
import { enterSandbox, serveWorker } from './core/sandbox-side'
import { openSender } from './core/socket-server'
import { registerModules } from './core/working-modules'
import { logComplaints } from './infra/console-log'
import { openLogFiles } from './infra/logger'
import { LivePlugins, useLivePlugins } from './plugin/live'
import { Plugins } from './plugin/plugins'
import { explainFailure } from './start-failure'
import type { StartOptions } from './start'
import { complain } from './utils/printer'

/** The program of a sandbox: the modules, the database and Redis of its worker, and one task at a time. */
export async function startTaskRunner(options: StartOptions = {}): Promise<void> {
  enterSandbox()
  const lifecycle = new Lifecycle()
  const core = [...modules, ...(options.modules ?? [])]
  const plugins = new Plugins(core)
  const live = new LivePlugins(plugins, options.plugins)
  registerModules(
    () => plugins.working(),
    () => plugins.mounted(),
  )
  try {
    await boot(lifecycle, core)
    useLivePlugins(live)
    await live.start()
    await openSender()
    serveWorker(currentUser)
  } catch (error) {
    complain(explainFailure(error))
    process.exit(1)
  }
}

if (require.main === module) {
  openLogFiles()
  logComplaints()
  void startTaskRunner()
}
