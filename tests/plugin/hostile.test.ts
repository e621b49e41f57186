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
  'index.ts': `import { data, module, route, runs, setting, task, z } from '#core'\n${before}\nexport default module({ name: '${name}', ${parts} })\n`,
})
const SOCKET = "access: 'signed_in', handle: () => Promise.resolve(1)"
const aboutOf = (name: string, about: Record<string, unknown>) =>
  manifest(name, { plugin: { ...manifestOf(name).plugin, ...about } })
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
    /admin\.purge-opera-logs belongs to admin|must begin with/,
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
  [
    'replaces',
    indexOf('replaces', '', 'globalThis.setTimeout = (() => 0) as never'),
    /globalThis\.setTimeout/,
  ],
  ['breaks-json', indexOf('breaks-json', '', "JSON.parse = (() => 'x') as never"), /JSON\.parse/],
  ['breaks-promise', indexOf('breaks-promise', '', 'Promise.all = (() => 0) as never'), /Promise\.all/],
  [
    'listens-to-faults',
    indexOf('listens-to-faults', '', "process.on('uncaughtException', () => {})"),
    /listens to uncaughtException of the process/,
  ],
  [
    'pollutes-later',
    indexOf('pollutes-later', 'start: async () => { Object.assign(Array.prototype, { late: 1 }) }'),
    /Array\.prototype\.late/,
  ],
  [
    'steals-event',
    indexOf('steals-event', `sockets: [{ event: 'watch_task', ${SOCKET} }]`),
    /watch_task belongs to task/,
  ],
  [
    'steals-setting',
    manifest('steals-setting', { settings: { TOKEN_EXPIRE_SECONDS: 1 } }),
    /TOKEN_EXPIRE_SECONDS belongs to core/,
  ],
  [
    'shadows-setting',
    indexOf(
      'shadows-setting',
      "settings: setting.group('Mine', { PORT: setting.integer({ default: 1, description: 'x' }) })",
    ),
    /PORT belongs to core/,
  ],
  [
    'bad-path',
    indexOf('bad-path', 'routes: [steal]', routeAt('get', '/made/(open')),
    /a route cannot be used/,
  ],
  ['bad-list', indexOf('bad-list', 'routes: [5 as never]'), /./],
  [
    'throws-when-read',
    {
      'index.ts':
        "export default { name: 'throws-when-read', get routes() { throw new Error('do not look') } }",
    },
    /do not look/,
  ],
  [
    'migration-hangs',
    migration('export const up = () => new Promise(() => {})'),
    /migrations did not come to an end within 8 s/,
  ],
  [
    'strange-stop',
    indexOf('strange-stop', "start: async () => 'stop' as never"),
    /start\(\) must return a function/,
  ],
  [
    'huge-manifest',
    { 'plugin.json': JSON.stringify({ ...manifestOf('huge-manifest'), more: 'x'.repeat(10_000_000) }) },
    /larger than 64 KiB/,
  ],
  ['deep-manifest', { 'plugin.json': '['.repeat(60_000) }, /is not JSON/],
  [
    'proto',
    { 'plugin.json': JSON.stringify(manifestOf('proto')).replace('{', '{"__proto__":{"evil":"yes"},') },
    /"__proto__" is not known/,
  ],
  ['huge-icon', aboutOf('huge-icon', { icon: 'x'.repeat(40_000) }), /plugin\.icon/],
  [
    'slow-to-read',
    manifest('slow-to-read', { requires: { steward: `>=0.1.0 ${'<1 || >='.repeat(6_000)}` } }),
    /requires\.steward/,
  ],
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

it('a plugin that never comes to an end while it is loaded is found out at the next start, and the rest works', async () => {
  const root = path.join(PLUGIN_DIR, '..', 'with-endless')
  rmSync(root, { recursive: true, force: true })
  write(root, 'endless', { 'index.ts': 'for (;;);' })
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
