import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

export interface RoutesOptions {
  json?: boolean
  module?: string
}

const EXAMPLES = `
ACCESS is public, signed_in, super_user, or the permission code that the caller's roles must hold.

Examples:
  steward routes
  steward routes --module admin --json`

export function addRoutes(program: Command): void {
  program
    .command('routes')
    .description('List the addresses of the API and who may call them.')
    .option('--module <name>', 'of this module only')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RoutesOptions) => {
      keepLogQuiet()
      ;(await import('../action/routes.js')).routes(options)
    })
}
