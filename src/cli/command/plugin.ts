import type { Command } from 'commander'

const EXAMPLES = `
Examples:
  steward plugin schema --out static/plugin.schema.json`

export function addPlugin(program: Command): void {
  const plugin = program.command('plugin').description('Look after plugins.').addHelpText('after', EXAMPLES)
  plugin
    .command('schema')
    .description('Print the JSON Schema of plugin.json.')
    .option('--out <file>', 'write into a file')
    .action(async (options: { out?: string }) => (await import('../action/plugin/schema.js')).schema(options))
}
