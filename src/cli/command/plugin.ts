import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

const EXAMPLES = `
Examples:
  steward plugin create bookshelf           a plugin that passes every check, to be changed from there
  steward plugin check plugins/bookshelf    exit code 1 where something is wrong
  steward plugin pack plugins/bookshelf --out bookshelf-1.0.0.zip
  steward plugin plan bookshelf             what would be removed with it
  steward plugin disable bookshelf
  steward plugin schema --out static/plugin.schema.json`

export function addPlugin(program: Command): void {
  const plugin = program.command('plugin').description('Look after plugins.').addHelpText('after', EXAMPLES)
  plugin
    .command('list')
    .description('List the plugins and how they are.')
    .option('--json', 'for other programs')
    .action(async (options: { json?: boolean }) => (await load()).list(options))
  addAuthoring(plugin)
  addOperating(plugin)
}

/** For authors of plugins. */
function addAuthoring(plugin: Command): void {
  plugin
    .command('create <name>')
    .description('Write a new plugin into PLUGIN_DIR.')
    .action(async (name: string) => (await import('../action/plugin/create.js')).create(name))
  plugin
    .command('check <folder>')
    .description(
      'Look for everything that is wrong with a plugin. Its code is loaded; nothing of it is started.',
    )
    .option('--json', 'for other programs')
    .action(async (folder: string, options: { json?: boolean }) =>
      (await import('../action/plugin/check.js')).check(folder, options),
    )
  plugin
    .command('pack <folder>')
    .description('Put a plugin into an archive that can be installed.')
    .option('--out <file>', 'write into this file')
    .action(async (folder: string, options: { out?: string }) =>
      (await import('../action/plugin/pack.js')).packFolder(folder, options),
    )
  plugin
    .command('schema')
    .description('Print the JSON Schema of plugin.json.')
    .option('--out <file>', 'write into a file')
    .action(async (options: { out?: string }) => (await import('../action/plugin/schema.js')).schema(options))
}

/** For operators. */
function addOperating(plugin: Command): void {
  plugin
    .command('plan <name>')
    .description(
      'Tell what would be taken out of the database and off the disk with a plugin. Changes nothing.',
    )
    .option('--json', 'for other programs')
    .action(async (name: string, options: { json?: boolean }) =>
      (await import('../action/plugin/plan.js')).plan(name, options),
    )
  for (const [name, isOn] of [
    ['enable', true],
    ['disable', false],
  ] as const)
    plugin
      .command(`${name} <name>`)
      .description(`Switch a plugin ${isOn ? 'on' : 'off'}, on every process that runs.`)
      .action(async (which: string) => (await load()).setEnabled(which, isOn))
}

function load() {
  keepLogQuiet()
  return import('../action/plugin/state.js')
}
