import { type Command, InvalidArgumentError } from 'commander'
import { keepLogQuiet } from '../quiet'

export interface MigrateOptions {
  to?: string
  steps?: number
  all?: boolean
  dryRun?: boolean
  yes?: boolean
  json?: boolean
}

const EXAMPLES = `
Examples:
  steward migrate status
  steward migrate up --dry-run            the SQL that would run; nothing is changed
  steward migrate down --steps 2 --yes
  steward migrate create add-phone-to-dept`

export function addMigrate(program: Command): void {
  const migrate = program
    .command('migrate')
    .description('Change the tables of the database to what this version needs, or back.')
    .addHelpText('after', EXAMPLES)
  migrate
    .command('up')
    .description('Apply what is pending.')
    .option('--to <name>', 'the last migration to apply')
    .option('--steps <number>', 'how many to apply', asNumber)
    .option('--dry-run', 'print the SQL and change nothing')
    .action(async (options: MigrateOptions) => (await work()).up(options))
  migrate
    .command('down')
    .description('Undo the latest migration. What is kept in the tables it takes away is lost.')
    .option('--to <name>', 'the last migration to undo')
    .option('--steps <number>', 'how many to undo', asNumber)
    .option('--all', 'undo everything')
    .option('--dry-run', 'print the SQL and change nothing')
    .option('-y, --yes', 'do not ask')
    .action(async (options: MigrateOptions) => (await work()).down(options))
  migrate
    .command('status')
    .description('List the migrations and which of them are applied. Changes nothing.')
    .option('--json', 'for other programs')
    .action(async (options: MigrateOptions) => (await work()).status(options))
  migrate
    .command('create <name>')
    .description('Write an empty migration into the folder of the sources, under a name with the time.')
    .action(async (name: string) => (await work()).create(name))
}

function work() {
  keepLogQuiet()
  return import('../action/migrate.js')
}

function asNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number from 1 on.')
}
