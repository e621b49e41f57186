import type { Command } from 'commander'
import { numberUpTo } from '../number'
import { keepLogQuiet } from '../quiet'

export interface ScheduleOptions {
  count: number
  crontab?: string
  timezone?: string
  follow?: boolean
  json?: boolean
}

const EXAMPLES = `
A schedule is called by its name or its id. A crontab has five fields; both days must match, and Sunday is 0:
"0 0 13 * 5" is Friday the 13th.

Examples:
  steward schedule list
  steward schedule run nightly-report --follow
  steward schedule next nightly-report --count 3
  steward schedule next --crontab "30 2 * * *" --timezone Europe/Berlin`

export function addSchedule(program: Command): void {
  const schedule = program
    .command('schedule')
    .description('Look at schedules and run them.')
    .addHelpText('after', EXAMPLES)
  schedule
    .command('list')
    .description('List all schedules, with when they ran and run next.')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ScheduleOptions) => (await work()).list(options))
  schedule
    .command('run <schedule>')
    .description(
      'Run the task of a schedule now. Its state and expiry do not matter, and it does not count as a tick.',
    )
    .option('-f, --follow', 'stay until the task has ended, as task tail does')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: ScheduleOptions) => (await work()).run(name, options))
  schedule
    .command('next [schedule]')
    .description('Show when a schedule, or a crontab, is due next.')
    .option('-n, --count <number>', 'so many times', numberUpTo(1, 100), 10)
    .option('--crontab <text>', 'of this crontab instead of a schedule')
    .option('--timezone <name>', 'by the clock of this zone, with --crontab')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: ScheduleOptions) => (await work()).next(name, options))
}

function work() {
  keepLogQuiet()
  return import('../action/schedule.js')
}
