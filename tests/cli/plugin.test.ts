import { mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execFileSync } from 'node:child_process'
import { freshHome } from '../support/database-server'
import { steward } from '../support/cli'

jest.setTimeout(300_000)

/** A place for plugins inside the project, where tools find their settings. */
const made: string[] = []
const pluginDir = () => {
  const folder = mkdtempSync(resolve('plugins', '_made-'))
  made.push(folder)
  return folder
}
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })))

describe.each(['x', 'book-shelf', 'a-long-plugin-name'])('plugin create %s', (name) => {
  it('makes a plugin that passes the formatter and the strict check as it is', async () => {
    const home = { PLUGIN_DIR: pluginDir() }
    const folder = join(home.PLUGIN_DIR, name)

    expect(await steward(['plugin', 'create', name], { home })).toMatchObject({ code: 0 })

    execFileSync(resolve('node_modules/.bin/prettier'), ['--check', folder])
    expect(await steward(['plugin', 'check', folder], { home })).toMatchObject({
      code: 0,
      stdout: 'Score: 100 of 100.\n',
    })
  })
})

describe('plugin create', () => {
  it('refuses a name that is none, and a folder that is there', async () => {
    const home = { PLUGIN_DIR: pluginDir() }
    await steward(['plugin', 'create', 'once'], { home })

    expect(await steward(['plugin', 'create', 'Not A Name'], { home })).toMatchObject({ code: 2 })
    expect(await steward(['plugin', 'create', 'admin'], { home })).toMatchObject({ code: 2 })
    expect(await steward(['plugin', 'create', 'once'], { home })).toMatchObject({ code: 1 })
  })
})

describe('plugin check', () => {
  it('names what is wrong and ends with 1', async () => {
    const { code, stdout } = await steward(['plugin', 'check', resolve('tests/plugin/fixture')])

    expect(code).toBe(1)
    expect(stdout).toContain('plugin.json is missing')
  })
})

describe('plugin plan', () => {
  it('tells what would go, and changes nothing', async () => {
    const home = { PLUGIN_DIR: resolve('tests/plugin/fixture') }

    const { stdout } = await steward(['plugin', 'plan', 'memo', '--json'], { home })

    expect(JSON.parse(stdout)).toMatchObject({
      tables: ['memo_memo'],
      rows: { sys_menu: ['2149629108257816001', '2149629108257816002'] },
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
})
