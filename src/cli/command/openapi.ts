import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

const EXAMPLES = `
Examples:
  steward openapi | jq .paths
  steward openapi --out static/openapi.json`

export function addOpenapi(program: Command): void {
  program
    .command('openapi')
    .description('Print the API as an OpenAPI 3.1 document.')
    .option('--out <file>', 'write into a file')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { out?: string }) => {
      keepLogQuiet()
      await (await import('../action/openapi.js')).openapi(options)
    })
}
