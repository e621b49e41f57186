import { join, resolve } from 'node:path'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'
import { steward } from '../support/cli'
import { manifestOf, write } from '../plugin/support/made'

jest.setTimeout(300_000)

describe('plugin check', () => {
  it('names what is wrong and ends with 1', async () => {
    const { code, stdout } = await steward(['plugin', 'check', resolve('tests/plugin/fixture')])

    expect(code).toBe(1)
    expect(stdout).toContain('plugin.json is missing')
  })

  it('sees what the plugins own that are installed, as whoever loads it does', async () => {
    const home = await homeWithPlugins()
    write(home.PLUGIN_DIR, 'base', { [STEP]: making('base_row') })
    const errorsOf = async (folder: string) => {
      const { stdout } = await steward(['plugin', 'check', folder, '--json'], { home })
      const { findings } = JSON.parse(stdout) as { findings: { kind: string; words: string }[] }
      return findings.filter(({ kind }) => kind === 'error').map(({ words }) => words)
    }
    const elsewhere = join(home.PLUGIN_DIR, '../elsewhere')
    const filling = `${making('upper_row')}
export const more = 0
`
      .replace('createTable(', "insert('base_row', [{ id: '1' }]).then(() => createTable(")
      .replace('.fixed })', '.fixed }))')

    const upper = write(elsewhere, 'upper', { ...needing('upper', 'base'), [STEP]: filling })
    expect(await errorsOf(upper)).toEqual([])
    const other = write(elsewhere, 'other', { [STEP]: making('base_row') })
    expect(await errorsOf(other)).toEqual(['table base_row belongs to base already'])
    const base = write(elsewhere, 'base', { [STEP]: making('base_row') })
    write(home.PLUGIN_DIR, 'upper', { ...needing('upper', 'base'), [STEP]: filling })
    expect(await errorsOf(base)).toEqual([])
  })
})

const STEP = 'migrations/20261121-0900-create-row.ts'
const making = (table: string) => `import type { MigrationContext } from '#core'
export const up = ({ createTable, insert, base }: MigrationContext) => createTable('${table}', { ...base.fixed })
export const down = ({ dropTable }: MigrationContext) => dropTable('${table}')
`
const needing = (name: string, other: string) => ({
  'plugin.json': JSON.stringify(
    manifestOf(name, { requires: { steward: '>=0.1.0', plugins: { [other]: '*' } } }),
  ),
})

async function homeWithPlugins() {
  const fresh = await freshHome()
  return { ...fresh, PLUGIN_DIR: join(String(fresh.DATA_DIR), 'plugins'), PLUGIN_REQUIRED: '[]' }
}

describe('plugin plan', () => {
  it('tells what would go, and changes nothing', async () => {
    const home = { ...(await freshHome()), PLUGIN_DIR: resolve('tests/plugin/fixture') }

    const { stdout } = await steward(['plugin', 'plan', 'memo', '--json'], { home })

    expect(JSON.parse(stdout)).toMatchObject({
      tables: ['memo_memo'],
      rows: { sys_menu: ['2149629108257816001', '2149629108257816002'] },
      gathered: {},
      tasks: ['memo.forget'],
    })
  })
})

describe('plugin list, disable and enable', () => {
  it('refuse to switch off what is required, and what is not there', async () => {
    const home = { ...(await freshHome()), PLUGIN_DIR: resolve('tests/plugin/fixture') }

    expect((await steward(['plugin', 'list'], { home })).stdout).toMatch(/memo +1\.0\.0 +new/)
    expect(await steward(['plugin', 'disable', 'dict'], { home })).toMatchObject({ code: 1 })
    expect(await steward(['plugin', 'disable', 'nobody'], { home })).toMatchObject({ code: 2 })
  })

  it('refuse to switch off what another one needs, and to switch on what lacks something', async () => {
    const home = await homeWithPlugins()
    const root = home.PLUGIN_DIR
    write(root, 'base')
    write(root, 'upper', needing('upper', 'base'))
    write(root, 'broken', { 'index.ts': "throw new Error('not at all')" })
    await (await StewardProcess.start(home)).stop()
    const command = (...words: string[]) => steward(['plugin', ...words], { home })

    expect(await command('disable', 'base')).toMatchObject({
      code: 1,
      stderr: 'Plugin base is required by upper: switch those off or remove them first.\n',
    })
    expect(await command('disable', 'upper')).toMatchObject({ code: 0 })
    expect(await command('disable', 'base')).toMatchObject({ code: 0 })
    expect(await command('enable', 'upper')).toMatchObject({
      code: 1,
      stderr: 'Plugin upper requires base, which does not work.\n',
    })
    expect(await command('enable', 'base')).toMatchObject({ code: 0 })
    expect(await command('enable', 'upper')).toMatchObject({ code: 0 })
    expect(await command('disable', 'broken')).toMatchObject({ code: 0 })
    expect(await command('enable', 'broken')).toMatchObject({
      code: 1,
      stderr: 'Plugin broken cannot work: not at all.\n',
    })
  })
})
