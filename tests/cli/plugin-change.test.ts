import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { answering, manifestOf, write } from '../plugin/support/made'
import { operationLogOf, steward } from '../support/cli'
import { freshHome } from '../support/database-server'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'

jest.setTimeout(300_000)

const sources = mkdtempSync(path.join(tmpdir(), 'cli-plugins-'))
afterAll(() => rmSync(sources, { recursive: true }))

/** A plugin somewhere on the machine, which answers what it is told to. */
function made(version: string, words: string): string {
  const manifest = manifestOf('till')
  const files = {
    'plugin.json': JSON.stringify({ ...manifest, plugin: { ...manifest.plugin, version } }),
    'index.ts': answering('till').replace("'till',\n})", `'${words}',\n})`),
  }
  return write(path.join(sources, version), 'till', files)
}

it('plugin install, upgrade, rollback and remove work while no server runs, and while one does', async () => {
  const home = { ...(await freshHome()), PLUGIN_DIR: path.join(sources, 'plugins'), PLUGIN_REQUIRED: '[]' }
  const command = (...words: string[]) => steward(['plugin', ...words], { home })

  expect(await command('install', made('1.0.0', 'one'))).toMatchObject({ code: 0, stderr: '' })
  const server = await StewardProcess.start(home)
  try {
    const answer = async () => (await fetch(`${server.address}/api/v1/made/till`)).text()
    expect(await answer()).toContain('"one"')

    const { stdout } = await command('upgrade', 'till', made('1.1.0', 'two'), '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'till',
      version: '1.1.0',
      before: '1.0.0',
      source: 'folder',
    })
    await until('the server has it', async () => (await answer()).includes('"two"'))

    const back = await command('rollback', 'till', '--json')
    expect(JSON.parse(back.stdout)).toMatchObject({ name: 'till', before: '1.1.0', version: '1.0.0' })
    await until('the server has the older one', async () => (await answer()).includes('"one"'))
    expect(await command('rollback', 'till')).toMatchObject({
      code: 1,
      stderr: 'There is no version of plugin till before 1.0.0 to go back to.\n',
    })

    expect((await command('remove', 'till')).code).toBe(2)
    expect(await command('remove', 'till', '--yes')).toMatchObject({ code: 0, stderr: '' })
    await until('the server has lost it', async () => !(await answer()).includes('"one"'))
  } finally {
    await server.stop()
  }
  expect(existsSync(path.join(home.PLUGIN_DIR, 'till'))).toBe(false)
  expect(readdirSync(home.PLUGIN_DIR).filter((name) => name.endsWith('.backup.zip')).length).toBe(3)
  const titles = (await operationLogOf(home)).map(({ title }) => title)
  expect(titles).toEqual(['plugin install', 'plugin upgrade', 'plugin rollback', 'plugin remove'])
})

it('plugin install takes only what has the hash that plugin pack has said', async () => {
  const home = { ...(await freshHome()), PLUGIN_DIR: path.join(sources, 'hashed'), PLUGIN_REQUIRED: '[]' }
  const archive = path.join(sources, 'till.zip')
  const command = (...words: string[]) => steward(['plugin', ...words], { home })
  const { stdout } = await command('pack', made('1.0.0', 'one'), '--out', archive)
  const hash = /^Hash: (sha256-[0-9a-f]{64})$/m.exec(stdout)?.[1] ?? ''
  const other = `sha256-${'f'.repeat(64)}`

  expect(await command('install', archive, '--hash', 'md5-1')).toMatchObject({ code: 2 })
  expect(await command('install', archive, '--hash', other)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`its hash is ${hash}, not ${other}`),
  })
  expect(existsSync(path.join(home.PLUGIN_DIR, 'till'))).toBe(false)
  expect(await command('install', archive, '--hash', hash)).toMatchObject({ code: 0, stderr: '' })
})

it('plugin install and upgrade say what is wrong with what they are given', async () => {
  const home = { ...(await freshHome()), PLUGIN_DIR: path.join(sources, 'empty'), PLUGIN_REQUIRED: '[]' }

  expect(await steward(['plugin', 'install', 'no-such-thing'], { home })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is no folder, no archive and no address'),
  })
  expect(await steward(['plugin', 'upgrade', 'nobody'], { home })).toMatchObject({ code: 1 })
})

it('doctor tells which plugins of the database are not here, or in another version', async () => {
  const root = path.join(sources, 'machine')
  const home = { ...(await freshHome()), PLUGIN_DIR: root, PLUGIN_REQUIRED: '[]' }
  const found = async () => (await steward(['doctor'], { home })).stdout
  await steward(['plugin', 'install', made('2.0.0', 'one')], { home })
  expect(await found()).toMatch(/ok +plugins +1 folder/)

  write(root, 'till', { 'plugin.json': JSON.stringify(manifestOf('till')) })
  expect(await found()).toMatch(/NOTE +plugins +till is 1\.0\.0 here and 2\.0\.0 in the database/)
  rmSync(path.join(root, 'till'), { recursive: true })
  expect(await found()).toMatch(/NOTE +plugins +till 2\.0\.0 has no folder here/)
})
