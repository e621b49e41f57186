import { env } from '../../src/config/env'
import { Lifecycle } from '../../src/core/lifecycle'
import { stopOnSignals } from '../../src/core/signals'
import { start } from '../../src/start'
import { crashTasks } from './worker-tasks'

/** A worker as a process of its own, with the tasks of the test. */
const lifecycle = new Lifecycle()
stopOnSignals(lifecycle, env.SHUTDOWN_TIMEOUT_SECONDS)
void start({ modules: [crashTasks] }, lifecycle).then(() => process.stdout.write('ready\n'))
