import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

export interface RemoveOptions {
  plan?: boolean
  keepData?: boolean
  yes?: boolean
  json?: boolean
}

interface InstallOptions {
  hash?: string
  json?: boolean
}

const HASH = 'take it only with this hash: sha256-…, as plugin pack says it'

const FIELD =
  'a column, as often as there are columns: NAME:TYPE, TYPE? where it may be empty, :unique or :index behind it; types: string(64), text, integer, number, boolean, time, enum(a,b), json, id'

const EXAMPLES = `
Examples:
  steward plugin create bookshelf           a plugin that passes every check, to be changed from there
  steward plugin create bookshelf --table book --field 'title:string(64):unique' --field 'price:number?' \\
    --field 'kind:enum(novel,essay):index'
  steward plugin check plugins/bookshelf    exit code 1 where something is wrong
  steward plugin pack plugins/bookshelf --out bookshelf-1.0.0.zip
  steward plugin install ./bookshelf-1.0.0.zip
  steward plugin install ./bookshelf-1.0.0.zip --hash sha256-…
  steward plugin install https://example.com/shop/bookshelf.git#v1.0.0
  steward plugin install npm:@example/bookshelf@1.0.0
  steward plugin upgrade bookshelf          the newest from where it came, a repository or npm
  steward plugin upgrade bookshelf ./bookshelf-1.1.0.zip
  steward plugin rollback bookshelf         the version before that
  steward plugin remove bookshelf --plan    what would be removed with it
  steward plugin remove bookshelf --keep-data
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
  addChanging(plugin)
  addOperating(plugin)
}

/** For authors of plugins. */
function addAuthoring(plugin: Command): void {
  plugin
    .command('create <name>')
    .description(
      'Write a new plugin around one table into PLUGIN_DIR, with its tests. At a terminal, asks for the columns that no --field names.',
    )
    .option('--table <name>', 'what a row is, in the singular (default: thing)')
    .option('--field <field>', FIELD, (field: string, before: string[]) => [...before, field], [])
    .action(async (name: string, options: { table?: string; field?: string[] }) => {
      keepLogQuiet()
      await (await import('../action/plugin/create.js')).create(name, options)
    })
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

/** What puts plugins in and takes them out. */
function addChanging(plugin: Command): void {
  plugin
    .command('install <source>')
    .description(
      'Install a plugin from a folder, an archive (.zip), a Git repository (https://…, #branch or #tag behind it) or npm (npm:NAME@VERSION). Works while servers run: they follow within seconds.',
    )
    .option('--hash <hash>', HASH)
    .option('--json', 'for other programs')
    .action(async (source: string, options: InstallOptions) => (await loadInstall()).install(source, options))
  plugin
    .command('upgrade <name> [source]')
    .description(
      'Put a newer version in the place of a plugin, with its migrations. Without a source it is fetched from where it came. Where it cannot work, the older one is back.',
    )
    .option('--hash <hash>', HASH)
    .option('--json', 'for other programs')
    .action(async (name: string, source: string | undefined, options: InstallOptions) =>
      (await loadInstall()).upgrade(name, source, options),
    )
  plugin
    .command('rollback <name>')
    .description(
      'Go back to the version before the last upgrade; the migrations of the newer one are undone, and it is kept as an archive.',
    )
    .option('--json', 'for other programs')
    .action(async (name: string, options: InstallOptions) => (await loadInstall()).rollback(name, options))
  plugin
    .command('remove <name>')
    .description('Remove a plugin with its tables and rows. Its folder is kept as an archive. Asks first.')
    .option('--plan', 'only tell what would go; changes nothing')
    .option('--keep-data', 'leave tables and rows: a later installation finds everything again')
    .option('--yes', 'do not ask')
    .option('--json', 'for other programs')
    .action(async (name: string, options: RemoveOptions) => {
      keepLogQuiet()
      await (await import('../action/plugin/remove.js')).remove(name, options)
    })
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

function loadInstall() {
  keepLogQuiet()
  return import('../action/plugin/install.js')
}
