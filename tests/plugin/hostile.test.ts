import { PLUGIN_DIR } from './support/plugin-dir'
import './support/short-patience'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { StewardProcess } from '../support/steward-process'
import { answering, manifestOf, write, type Files } from './support/made'
import { app, signInAdmin, stranger, useApp } from '#testing'

const manifest = (name: string, more: Record<string, unknown>) => ({
  'plugin.json': JSON.stringify({ ...manifestOf(name), ...more }),
})
const requiring = (name: string, plugins: Record<string, string>) =>
  manifest(name, { requires: { steward: '>=0.1.0', plugins } })
const indexOf = (name: string, parts: string, before = '') => ({
  'index.ts': `import { data, module, route, runs, task, z } from '#core'\n${before}\nexport default module({ name: '${name}', ${parts} })\n`,
})
const migration = (up: string, down = 'export const down = async () => {}') => ({
  'migrations/20261121-0900-do-harm.ts': `import type { MigrationContext } from '#core'\n${up}\n${down}\n`,
})
const routeAt = (method: string, address: string, access = 'public') =>
  `const steal = route({ method: '${method}', path: '${address}', title: 'Steal', access: '${access}', reply: data(z.string()), handle: () => 'mine' })`

/** Name, what it does, and what has to be said about it. */
const HOSTILE: [name: string, files: Files, reason: RegExp][] = [
  ['throws', { 'index.ts': "throw new Error('no')" }, /^no$/],
  ['syntax', { 'index.ts': 'export default {{{' }, /./],
  ['exits', { 'index.ts': 'process.exit(3)' }, /process\.exit\(3\)/],
  [
    'pollutes',
    indexOf('pollutes', '', "Object.assign(Object.prototype, { evil: 'yes' })"),
    /Object\.prototype\.evil/,
  ],
  ['patches', indexOf('patches', '', 'Array.prototype.map = (() => []) as never'), /Array\.prototype\.map/],
  ['wrong-export', { 'index.ts': 'export default 5' }, /export default module/],
  ['other-name', indexOf('somebody-else', ''), /somebody-else/],
  [
    'start-throws',
    indexOf('start-throws', "start: () => Promise.reject(new Error('not today'))"),
    /not today/,
  ],
  ['start-hangs', indexOf('start-hangs', 'start: () => new Promise(() => {})'), /did not start within 8 s/],
  ['bad-migration', migration("export const up = () => Promise.reject(new Error('half way'))"), /half way/],
  [
    'no-down',
    { 'migrations/20261121-0900-x.ts': 'export const up = async () => {}' },
    /must export up and down/,
  ],
  [
    'drops-users',
    migration("export const up = ({ dropTable }: MigrationContext) => dropTable('sys_user')"),
    /sys_user, which is not its own/,
  ],
  [
    'takes-table',
    migration("export const up = ({ createTable }: MigrationContext) => createTable('sys_role', {})"),
    /table sys_role belongs to admin/,
  ],
  [
    'empties',
    migration("export const up = ({ remove }: MigrationContext) => remove('sys_user', {})"),
    /sys_user, which is not its own/,
  ],
  [
    'steals-route',
    indexOf('steals-route', 'routes: [steal]', routeAt('post', '/auth/login')),
    /POST \/auth\/login belongs to admin/,
  ],
  [
    'steals-code',
    indexOf('steals-code', 'routes: [steal]', routeAt('get', '/stolen', 'sys:menu:add')),
    /sys:menu:add belongs to admin/,
  ],
  [
    'steals-task',
    indexOf(
      'steals-task',
      'tasks: [runs(t, async () => {})]',
      "const t = task({ name: 'admin.purge-opera-logs', title: 'x', payload: z.object({}) })",
    ),
    /./,
  ],
  [
    'steals-word',
    { 'locales/en-US.json': '{"auth":{"not_authenticated":"Come in"}}' },
    /auth\.not_authenticated belongs to core/,
  ],
  ['bad-words', { 'locales/en-US.json': '{"a":1}' }, /locales\/en-US\.json/],
  ['not-json', { 'plugin.json': '{' }, /is not JSON/],
  ['unknown-key', manifest('unknown-key', { enable: true }), /"enable" is not known/],
  ['too-new', manifest('too-new', { requires: { steward: '>=99' } }), /made for Steward >=99/],
  ['lonely', requiring('lonely', { nobody: '*' }), /requires nobody, which is not installed/],
  ['needs-broken', requiring('needs-broken', { throws: '*' }), /requires throws, which/],
  ['old-friend', requiring('old-friend', { good: '^2' }), /requires good \^2, and version 1\.0\.0/],
  ['circle-a', requiring('circle-a', { 'circle-b': '*' }), /part of a circle/],
  ['circle-b', requiring('circle-b', { 'circle-a': '*' }), /part of a circle/],
  ['reaches-in', indexOf('reaches-in', '', "import 'not-a-package'"), /not-a-package/],
]

for (const [name, files] of HOSTILE) write(PLUGIN_DIR, name, files)
write(PLUGIN_DIR, 'good', { 'index.ts': answering('good') })
mkdirSync(path.join(PLUGIN_DIR, 'empty'))
writeFileSync(path.join(PLUGIN_DIR, 'notes.txt'), 'no plugin')

useApp({ plugins: 'all', mayBeSetAside: true })

it.each(HOSTILE)('%s is set aside with the reason', (name, _files, reason) => {
  const plugin = app().plugins.get(name)

  expect(plugin?.state).toBe('set_aside')
  expect(plugin?.reason).toMatch(reason)
})

it('the others work, and nothing was changed', async () => {
  expect((await stranger().get('/made/good')).data).toBe('good')
  expect('evil' in {}).toBe(false)
  expect([1].map((n) => n + 1)).toEqual([2])
  expect(await stranger().post('/auth/login', {})).toFail(422, 'request.invalid')
})

it('all of them are shown, with the reason', async () => {
  const { data } = await (await signInAdmin()).get('/sys/plugins')

  const shown = data.map((one: { plugin: { name: string } }) => one.plugin.name)
  expect(shown).toEqual([...HOSTILE.map(([name]) => name), 'empty', 'good'].sort())
})

it('one that is set aside cannot be switched on', async () => {
  const admin = await signInAdmin()
  await admin.put('/sys/plugins/throws/status')

  expect(await admin.put('/sys/plugins/throws/status')).toFail(409, 'plugin.set_aside', {
    name: 'throws',
    reason: 'no',
  })
})

jest.setTimeout(120_000)

describe.each([
  ['kills the process', "process.kill(process.pid, 'SIGKILL')"],
  ['never comes to an end', 'for (;;);'],
])('a plugin that %s while it is loaded', (_what, code) => {
  it('is found out at the next start, and the rest works', async () => {
    const root = path.join(PLUGIN_DIR, '..', 'deadly')
    rmSync(root, { recursive: true, force: true })
    write(root, 'deadly', { 'index.ts': code })
    write(root, 'good', { 'index.ts': answering('good') })
    const settings = { PLUGIN_DIR: root, PLUGIN_LOAD_SECONDS: '8' }
    await StewardProcess.run(settings).ended()

    const next = await StewardProcess.start(settings)
    try {
      expect((await fetch(`${next.address}/api/v1/made/good`)).status).toBe(200)
    } finally {
      await next.stop()
    }
  })
})
