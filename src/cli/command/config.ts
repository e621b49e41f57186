import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

const EXAMPLES = `
Examples:
  steward config check                      every wrong setting with an example; exit code 1 if there is one
  steward config example --out .env.example
  steward config reference --out docs/settings.md`

export function addConfig(program: Command): void {
  const config = program
    .command('config')
    .description('Check and describe the settings.')
    .addHelpText('after', EXAMPLES)
  config
    .command('check')
    .description('Tell everything that is wrong in the environment and .env.')
    .option('--json', 'for other programs')
    .action(async (options: { json?: boolean }) => {
      keepLogQuiet()
      await (await import('../action/config-check.js')).check(options)
    })
  config
    .command('example')
    .description('Print all settings with their defaults, as a start for .env.')
    .option('--out <file>', 'write into a file')
    .action(async (options: { out?: string }) => (await import('../action/config-texts.js')).example(options))
  config
    .command('reference')
    .description('Print the page about settings, in Markdown.')
    .option('--out <file>', 'write into a file')
    .action(async (options: { out?: string }) =>
      (await import('../action/config-texts.js')).reference(options),
    )
}
