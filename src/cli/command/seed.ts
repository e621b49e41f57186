import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

const EXAMPLES = `
Adds what is missing and changes nothing that is there, so it may be repeated: the user test, departments, and the
data scopes and rules to try row rules with. What the system itself needs comes with the migrations.

Examples:
  steward seed
  steward seed demo --json`

export function addSeed(program: Command): void {
  program
    .command('seed [what]')
    .description('Add demo data.')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (what: string | undefined, options: { json?: boolean }) => {
      keepLogQuiet()
      await (await import('../action/seed.js')).seed(what ?? 'demo', options)
    })
}
