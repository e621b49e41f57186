import { resolve } from 'node:path'
import { freshHome } from '../support/database-server'
import { steward } from '../support/cli'

jest.setTimeout(300_000)

describe('plugin check', () => {
  it('names what is wrong and ends with 1', async () => {
    const { code, stdout } = await steward(['plugin', 'check', resolve('tests/plugin/fixture')])

    expect(code).toBe(1)
    expect(stdout).toContain('plugin.json is missing')
  })
})

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
})
