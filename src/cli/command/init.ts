import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

export interface InitOptions {
  auto?: boolean
  demo?: boolean
  yes?: boolean
}

const EXAMPLES = `
What it does: forgets everything in Redis that belongs to Steward, drops and makes all tables, adds the rows that
the system needs, and creates the first super user (ADMIN_USERNAME, ADMIN_PASSWORD; else a password is shown once).
Stop the servers first.

Examples:
  steward init                shows where the data is, and asks
  steward init --auto         asks for the settings first and writes .env
  steward init --demo --yes   without questions, with demo data`

export function addInit(program: Command): void {
  program
    .command('init')
    .description('Make everything anew. ALL DATA IS LOST.')
    .option('--auto', 'ask for the settings and write .env first')
    .option('--demo', 'add the demo data of: steward seed')
    .option('-y, --yes', 'do not ask; with --auto take the defaults and keep a .env that is there')
    .addHelpText('after', EXAMPLES)
    .action(async (options: InitOptions) => {
      keepLogQuiet()
      if (options.auto) await (await import('../action/settings-file.js')).writeSettings(options)
      await (await import('../action/init.js')).init(options)
    })
}
