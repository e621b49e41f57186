import { Option, type Command } from 'commander'
import { numberUpTo } from '../number'

export interface RoleOptions {
  logLevel?: string
  concurrency?: number
  queues?: string
  port?: number
}

const WORKER_EXAMPLES = `
A worker says every five seconds what it is and what it can run. SIGTERM and Ctrl-C let running tasks finish
(SHUTDOWN_TIMEOUT_SECONDS); what does not finish is begun again by another worker. Several may run, on any machines.

Examples:
  steward worker
  steward worker --concurrency 50 --queues celery,reports`

const SCHEDULER_EXAMPLES = `
Several may run: each tick is dispatched once, whoever comes first.

Examples:
  steward scheduler
  steward scheduler --log-level debug`

export function addRoles(program: Command): void {
  workerOptions(
    program.command('worker').description('Run background tasks, in the foreground.'),
  ).addHelpText('after', WORKER_EXAMPLES)
  schedulerOptions(
    program.command('scheduler').description('Dispatch what schedules say, in the foreground.'),
  ).addHelpText('after', SCHEDULER_EXAMPLES)
}

/** The names under which installations of FBA know the roles. Hidden: they have better words. */
export function addCelery(program: Command): void {
  const celery = program
    .command('celery', { hidden: true })
    .description('Other names for: steward worker, steward scheduler')
  workerOptions(celery.command('worker').description('same as: steward worker'))
  schedulerOptions(celery.command('beat').description('same as: steward scheduler'))
  withLevel(celery.command('flower'))
    .description('serve the pages (role web): the board of the queues is at /flower, for users who sign in')
    .option('--port <number>', 'port to listen on', numberUpTo(0, 65535), 8555)
    .option('--basic-auth <user:password>', 'accepted, and without effect: users of Steward sign in')
    .action(async (options: RoleOptions) => (await work()).startRole('web', options))
}

const workerOptions = (command: Command) =>
  withLevel(command)
    .option(
      '-c, --concurrency <number>',
      'tasks of one queue that run at once (TASK_CONCURRENCY)',
      numberUpTo(1, 1000),
    )
    .option('-Q, --queues <names>', 'only these queues, with commas between (TASK_QUEUES)')
    .action(async (options: RoleOptions) => (await work()).startRole('worker', options))

const schedulerOptions = (command: Command) =>
  withLevel(command).action(async (options: RoleOptions) => (await work()).startRole('scheduler', options))

const withLevel = (command: Command) =>
  command.addOption(
    new Option('-l, --log-level <level>', 'least level on the console (LOG_STD_LEVEL)').choices([
      'debug',
      'info',
      'warning',
      'error',
    ]),
  )

const work = () => import('../action/role.js')
