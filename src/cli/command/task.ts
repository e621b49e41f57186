import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

export interface TaskOptions {
  args?: string
  kwargs?: string
  follow?: boolean
  terminate?: boolean
  json?: boolean
}

const EXAMPLES = `
Arguments are JSON; --kwargs - reads them from standard input, where other users of the machine cannot see them.
With tail, and run --follow, the exit code tells how the task ended: 0 SUCCESS, 1 FAILURE, 3 REVOKED.

Examples:
  steward task list
  steward task run task.purge-results --follow
  steward task cancel 5f0c2f5e-0e4e-4c5b-9e55-6b1a4f0f9a10 --terminate
  steward task tail 5f0c2f5e-0e4e-4c5b-9e55-6b1a4f0f9a10`

export function addTask(program: Command): void {
  const task = program
    .command('task')
    .description('Start, watch and stop background tasks.')
    .addHelpText('after', EXAMPLES)
  task
    .command('list')
    .description('List the tasks that can be run, with the queue of each and how many live workers know it.')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: TaskOptions) => (await work()).list(options))
  task
    .command('run <task>')
    .description('Run a task now.')
    .option('--args <list>', 'arguments without names, as a JSON list')
    .option('--kwargs <object>', 'named arguments, as a JSON object; - reads it from standard input')
    .option('-f, --follow', 'stay until it has ended, as tail does')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: TaskOptions) => (await work()).run(name, options))
  task
    .command('cancel <task_id>')
    .description('Revoke a task that has not begun; with --terminate also one that runs.')
    .option('--terminate', 'stop it although it runs: its signal is aborted')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: TaskOptions) => (await work()).cancel(id, options))
  task
    .command('tail <task_id>')
    .description('Follow a task until it has ended: states, progress, log lines.')
    .option('--json', 'say nothing until it has ended, then its result for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: TaskOptions) => (await work()).tail(id, options))
}

function work() {
  keepLogQuiet()
  return import('../action/task.js')
}
