import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

const EXAMPLES = `
The statements run in one transaction: all of them count, or none. Only statements that start with select, insert, set
or do are run; with any other in the file nothing is. What select finds is not shown.

Examples:
  steward sql import.sql
  steward --sql import.sql`

export function addSql(program: Command): void {
  program
    .command('sql <file>')
    .description('Run a file of SQL in one transaction.')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: { json?: boolean }) => {
      keepLogQuiet()
      await (await import('../action/sql.js')).runFile(file, options)
    })
}
