import type { Command } from 'commander'
import { numberUpTo } from '../number'
import { keepLogQuiet } from '../quiet'

export interface FilterOptions {
  name?: string
  status?: string
  queue?: string
  worker?: string
  text?: string
  since?: string
  until?: string
}

export interface TaskOptions extends FilterOptions {
  args?: string
  kwargs?: string
  follow?: boolean
  terminate?: boolean
  yes?: boolean
  json?: boolean
}

export interface SearchOptions extends FilterOptions {
  count: number
  cursor?: string
  json?: boolean
}

const EXAMPLES = `
Arguments are JSON; --kwargs - reads them from standard input, where other users of the machine cannot see them.
Conditions (--name, --status, --text, ...) must all hold. With tail, and with --follow, the exit code tells how the task ended: 0 SUCCESS, 1 FAILURE, 3 REVOKED.

Examples:
  steward task list
  steward task run task.purge-results --follow
  steward task search --status FAILURE --since "2026-11-21 08:00" --text timeout
  steward task retry --name report --status FAILURE --yes
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
    .command('tail <task_id>')
    .description('Follow a task until it has ended: states, progress, log lines.')
    .option('--json', 'say nothing until it has ended, then its result for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: TaskOptions) => (await work()).tail(id, options))
  addMany(task)
}

/** What handles one task or all that match. */
function addMany(task: Command): void {
  withConditions(task.command('search'))
    .description('Find tasks that were accepted, the newest first.')
    .option('-n, --count <number>', 'so many', numberUpTo(1, 200), 20)
    .option('--cursor <id>', 'go on where the search before ended')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: SearchOptions) => (await searching()).search(options))
  withConditions(task.command('retry [task_id]'))
    .description(
      'Run a finished task again, or all that match; without --status those that failed or were revoked.',
    )
    .option('-f, --follow', 'stay until it has ended, as tail does')
    .option('-y, --yes', 'do not ask before all that match are run')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: TaskOptions) =>
      id === undefined ? (await matching()).retryAll(options) : (await work()).retry(id, options),
    )
  withConditions(task.command('cancel [task_id]'))
    .description('Revoke a task that has not begun, or all that match; with --terminate also what runs.')
    .option('--terminate', 'stop what runs, too: its signal is aborted')
    .option('-f, --follow', 'stay until all that match are cancelled')
    .option('-y, --yes', 'do not ask before all that match are cancelled')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: TaskOptions) =>
      id === undefined ? (await matching()).cancelAll(options) : (await work()).cancel(id, options),
    )
}

const withConditions = (command: Command) =>
  command
    .option('--name <text>', 'part of the name of the task')
    .option(
      '--status <states>',
      'in one of these, with commas between: PENDING, RECEIVED, STARTED, SUCCESS, FAILURE, RETRY, REVOKED',
    )
    .option('--queue <name>', 'in this queue')
    .option('--worker <text>', 'part of the name of the worker')
    .option('--text <words>', 'beginnings of words in arguments or error')
    .option('--since <time>', 'accepted at this time or later')
    .option('--until <time>', 'accepted before this time')

function work() {
  keepLogQuiet()
  return import('../action/task.js')
}

function searching() {
  keepLogQuiet()
  return import('../action/task-search.js')
}

function matching() {
  keepLogQuiet()
  return import('../action/task-matching.js')
}
