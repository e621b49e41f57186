import { PLUGIN_DIR } from './support/plugin-dir'
import { REGISTRY_PORT } from './support/npm-registry'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { reader } from '../../src/infra/database'
import { pluginCrud } from '../../src/plugin/crud/plugin'
import { answering, filesOf, manifestOf } from './support/made'
import { Registry, rawTgz, tgzOf } from './support/registry'
import { signInAdmin, stranger, unique, useApp } from '#testing'

useApp({ plugins: 'all' })

jest.setTimeout(120_000)

const registry = new Registry(REGISTRY_PORT)
beforeAll(() => registry.start())
afterAll(() => registry.stop())

const install = async (text: string) =>
  (await signInAdmin()).post(`/sys/plugins?type=npm&package=${encodeURIComponent(text)}`)

describe('a plugin that is an npm package', () => {
  it('is installed by name and version, with the packages that live in its folder', async () => {
    const index = `import { data, module, route, z } from '#core'
import { word } from 'made-word'
const ask = route({ method: 'get', path: '/made/worded', title: 'Ask for the word', access: 'public',
  reply: data(z.string()), handle: () => word })
export default module({ name: 'worded', routes: [ask] })
`
    const brought = {
      'plugin.json': JSON.stringify(manifestOf('worded', { dependencies: { 'made-word': '1.2.3' } })),
      'index.ts': index,
      'node_modules/made-word/package.json': '{"version":"1.2.3","main":"dist/main.js"}',
      'node_modules/made-word/dist/main.js': "exports.word = 'brought along'",
    }
    registry.publish('@made/worded', '1.0.0', await tgzOf('worded', brought))
    registry.publish('@made/worded', '2.0.0', await tgzOf('worded'))

    expect(await install('@made/worded@1.0.0')).toSucceed()

    expect((await stranger().get('/made/worded')).data).toBe('brought along')
    expect(await pluginCrud.first(reader(), { name: 'worded' })).toMatchObject({
      source: 'npm',
      origin: '@made/worded@1.0.0',
    })
    const admin = await signInAdmin()
    expect(await admin.delete('/sys/plugins/worded')).toSucceed()
  })

  it('is the latest where no version is named; its install scripts do not run', async () => {
    const scripts = JSON.stringify({ scripts: { install: `touch ${path.join(PLUGIN_DIR, 'scripts-ran')}` } })
    registry.publish('newest', '1.0.0', await tgzOf('newest', { 'index.ts': 'old' }))
    registry.publish(
      'newest',
      '1.1.0',
      await tgzOf('newest', { 'index.ts': answering('newest'), 'package.json': scripts }),
    )

    expect(await install('newest')).toSucceed()

    expect((await stranger().get('/made/newest')).data).toBe('newest')
    expect(existsSync(path.join(PLUGIN_DIR, 'scripts-ran'))).toBe(false)
    expect(readFileSync(path.join(PLUGIN_DIR, 'newest', 'package.json'), 'utf8')).toBe(scripts)
    await (await signInAdmin()).delete('/sys/plugins/newest')
  })
})

describe('an npm package is refused', () => {
  const refused = async (archive: Buffer, dist?: object) => {
    const name = unique('pkg')
    registry.publish(name, '1.0.0', archive, dist)
    return install(name)
  }

  it('whose name is none, and that the registry does not have', async () => {
    for (const name of ['', '../x', '--version', 'a/b', 'http://host/x', 'x@1.0.0@2'])
      expect(await install(name)).toFail(400, 'plugin.npm_name')
    expect(await install('nobody')).toFail(404, 'plugin.npm_missing', { name: 'nobody@latest' })
    registry.publish('somebody', '1.0.0', await tgzOf('somebody'))
    for (const version of ['9.9.9', '__proto__', 'constructor'])
      expect(await install(`somebody@${version}`)).toFail(404, 'plugin.npm_missing', {
        name: `somebody@${version}`,
      })
  })

  it('whose archive is another than the registry says, or is vouched for by a weak hash alone', async () => {
    const archive = await tgzOf('other')

    for (const integrity of [
      `sha512-${Buffer.alloc(64).toString('base64')}`,
      'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
    ])
      expect(await refused(archive, { integrity })).toFail(400, 'plugin.npm_integrity')
  })

  it('whose archive lies inside the own network', async () => {
    for (const host of ['127.0.0.1:1', 'localhost', '[::1]', '169.254.169.254', '10.1.2.3'])
      expect((await refused(await tgzOf('x'), { tarball: `http://${host}/x.tgz` })).status).not.toBe(200)
    expect(await refused(await tgzOf('x'), { tarball: 'http://10.1.2.3/x.tgz' })).toFail(
      400,
      'plugin.npm_address',
    )
    expect(await refused(await tgzOf('x'), { tarball: 'file:///etc/passwd' })).toFail(
      400,
      'plugin.npm_address',
    )
  })

  it('that leads out of its folder, holds links or devices, or is a bomb', async () => {
    const own = Object.entries(filesOf('bad')).map(([file, text]): [string, string] => [
      `package/${file}`,
      text,
    ])

    for (const name of ['package/../../evil', '/package/evil', 'other/evil', 'package/.git/config'])
      expect(await refused(await rawTgz([...own, [name, 'x']]))).toFail(400, 'plugin.zip_content')
    for (const type of ['symlink', 'link', 'character-device'] as const)
      expect(await refused(await rawTgz([...own, ['package/x', '/etc/passwd', type]]))).toFail(
        400,
        'plugin.zip_content',
      )
    expect(await refused(await rawTgz([...own, ['package/zeros', Buffer.alloc(11 * 1024 * 1024)]]))).toFail(
      400,
      'plugin.zip_too_large',
    )
    expect(await refused(Buffer.from('no archive'))).toFail(400, 'plugin.zip_content')
  })

  it('without the packages that its manifest names', async () => {
    const manifest = JSON.stringify(manifestOf('lacking', { dependencies: { 'left-pad': '1.3.0' } }))

    const answer = await refused(await tgzOf('lacking', { 'plugin.json': manifest }))

    expect(answer.status).toBe(400)
    expect(answer.msg).toContain('dependencies.left-pad: is not in node_modules of the plugin')
  })
})
