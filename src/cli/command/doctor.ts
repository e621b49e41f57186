import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

const EXAMPLES = `
Changes nothing in the database. Exit code 1 when something is broken; what is only worth a thought does not count.

Examples:
  steward doctor
  steward doctor --json`

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Look at everything Steward needs, and say what to do about what is wrong.')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { json?: boolean }) => {
      keepLogQuiet()
      await (await import('../action/doctor.js')).doctor(options)
    })
}
