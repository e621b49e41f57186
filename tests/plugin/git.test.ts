import { PLUGIN_DIR } from './support/plugin-dir'
import './support/git-hosts'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { reader } from '../../src/infra/database'
import { pluginCrud } from '../../src/plugin/crud/plugin'
import { answering } from './support/made'
import { GitServer } from './support/git-server'
import { signInAdmin, stranger, useApp } from '#testing'

useApp({ plugins: 'all' })

jest.setTimeout(120_000)

const server = new GitServer()
beforeAll(() => server.start())
afterAll(async () => {
  await server.stop()
  rmSync(server.root, { recursive: true })
})

const install = async (url: string) =>
  (await signInAdmin()).post(`/sys/plugins?type=git&repo_url=${encodeURIComponent(url)}`)
const remove = async (name: string) => (await signInAdmin()).delete(`/sys/plugins/${name}`)

describe('a plugin in a Git repository', () => {
  it('is installed as it is now, without history, and answers', async () => {
    server.make('vines', { 'index.ts': answering('vines') })

    expect(await install(`${server.address}/vines.git`)).toSucceed()

    expect((await stranger().get('/made/vines')).data).toBe('vines')
    expect(existsSync(path.join(PLUGIN_DIR, 'vines', '.git'))).toBe(false)
    expect(await install(`${server.address}/vines.git`)).toFail(409, 'plugin.git_installed', {
      name: 'vines',
    })
    expect(await remove('vines')).toSucceed()
  })

  it('is installed from the branch or tag behind the address', async () => {
    server.make('tagged', {})
    server.commit('tagged', { 'index.ts': answering('tagged') }, 'v1.0')
    server.commit('tagged', { 'index.ts': 'broken' })

    expect(await install(`${server.address}/tagged.git#v1.0`)).toSucceed()

    expect((await stranger().get('/made/tagged')).data).toBe('tagged')
    expect(await pluginCrud.first(reader(), { name: 'tagged' })).toMatchObject({
      source: 'git',
      origin: `${server.address}/tagged.git#v1.0`,
    })
    expect(await remove('tagged')).toSucceed()
  })

  it('runs none of its hooks, and brings no submodules', async () => {
    const folder = server.make('hooked', {})
    const mark = path.join(server.root, 'hook-ran')
    writeFileSync(path.join(folder, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch ${mark}\n`, {
      mode: 0o755,
    })
    server.commit('hooked', { '.gitmodules': '[submodule "x"]\n  path = x\n  url = file:///etc\n' })

    expect(await install(`${server.address}/hooked.git`)).toSucceed()

    expect(existsSync(mark)).toBe(false)
    expect(await remove('hooked')).toSucceed()
  })

  it('is refused before it is unpacked when it becomes larger than a plugin', async () => {
    server.make('bomb', { 'index.ts': answering('bomb') })
    server.commit('bomb', { 'large.txt': 'a'.repeat(11 * 1024 * 1024) })

    expect(await install(`${server.address}/bomb.git`)).toFail(400, 'plugin.zip_too_large')
  })

  it('that is none leaves nothing behind', async () => {
    server.make('nothing', {})
    server.commit('nothing', { 'plugin.json': '{}' })

    expect((await install(`${server.address}/nothing.git`)).status).toBe(400)
    expect(await install(`${server.address}/missing.git`)).toFail(500, 'plugin.install_failed')
    expect(await install(`${server.address}/nothing.git#no-such-branch`)).toFail(500, 'plugin.install_failed')
    expect(readdirSync(PLUGIN_DIR).filter((name) => !name.endsWith('.zip'))).toEqual([])
  })
})

it.each([
  'ext::sh -c touch% /tmp/x',
  'file:///etc',
  'ssh://-oProxyCommand=x/a/b',
  'git@host:a/b.git',
  '--upload-pack=touch x',
  'http://host/a/--upload-pack=x;/b.git?x',
  'http://host/a/b.git#--upload-pack=x',
  'http://host/a/b.git#-x',
  'http://user:pw@127.0.0.1/a/b.git',
])('%s is no address of a repository', async (url) => {
  expect(await install(url)).toFail(400, 'plugin.git_url')
})

it('a repository that leads elsewhere is not followed', async () => {
  server.make('moved', {})
  const elsewhere = new GitServer()
  await elsewhere.start()
  elsewhere.redirectTo = server.address

  expect(await install(`${elsewhere.address}/moved.git`)).toFail(500, 'plugin.install_failed')

  await elsewhere.stop()
  rmSync(elsewhere.root, { recursive: true })
})
