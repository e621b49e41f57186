import type { Command } from 'commander'
import { numberUpTo } from '../number'

export interface RunOptions {
  host?: string
  port?: number
  reload: boolean
  workers: number
  safeMode?: boolean
}

const EXAMPLES = `
Reload needs the sources and the development packages; a compiled installation starts without it.

Examples:
  steward run
  steward run --host 0.0.0.0 --port 8080 --no-reload
  steward run --no-reload --workers 4
  steward run --safe-mode                   to repair what a plugin broke`

export function addRun(program: Command): void {
  program
    .command('run')
    .description('Start the server in the foreground.')
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--port <number>', 'port to listen on (PORT)', asPort)
    .option('--no-reload', 'do not start anew when a source changes')
    .option('--workers <number>', 'processes that share the port; needs --no-reload', asWorkers, 1)
    .option('--safe-mode', 'start without any plugin (PLUGIN_SAFE_MODE)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RunOptions) => (await import('../action/run.js')).run(options))
}

const asPort = numberUpTo(0, 65535)
const asWorkers = numberUpTo(1, 64)
