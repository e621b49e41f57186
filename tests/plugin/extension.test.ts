import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { modules } from '../../src/app/modules'
import { takeSettingsFrom } from '../../src/config/live'
import { checkPlugin } from '../../src/plugin/check'
import { write } from './support/made'
import { app, baseUrl, signIn, signInAdmin, stranger, useApp, type Client } from '#testing'

useApp({ plugins: [path.join(__dirname, 'support/points')] })

const toggle = async () => expect(await (await signInAdmin()).put('/sys/plugins/points/status')).toSucceed()

let giveBack = () => {}
afterEach(async () => {
  giveBack()
  if (app().plugins.get('points')?.state === 'off') await toggle()
})

/** What a plugin brings has to be gone while it is off, and there again afterwards. */
async function comesAndGoes(look: () => Promise<unknown>, there: unknown, gone: unknown) {
  expect(await look()).toEqual(there)
  await toggle()
  expect(await look()).toEqual(gone)
  await toggle()
  expect(await look()).toEqual(there)
}

const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
  Buffer.from('IHDR'),
  Buffer.alloc(40),
])

async function upload() {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(PNG)]), 'picture.png')
  return (await signIn({ can: ['sys:file:upload'] })).post('/sys/files/upload', form)
}

const storeIn = (name: string) => {
  giveBack = takeSettingsFrom(() => Promise.resolve({ UPLOAD_STORE: name }))
}

it('a notification channel comes and goes with its plugin', async () => {
  const user = await signIn()
  const send = async () => (await user.post('/phones/captcha', { phone: '13800138000' })).status

  await comesAndGoes(send, 200, 400)
})

it('a way to sign in comes and goes with its plugin, and a provider that fails hides no other', async () => {
  const ways = async () => (await stranger().get('/auth/providers')).data

  const points = { provider: 'points', source: 'points', title: 'Points', path: '/points/sign-in' }
  await comesAndGoes(ways, [points], [])
})

describe('a file store', () => {
  it('takes uploads where the setting names it, and serves them; those on the disk stay served', async () => {
    const before = (await upload()).data.url
    storeIn('memory')

    const { url } = (await upload()).data

    const file = await fetch(baseUrl() + url)
    expect(file.status).toBe(200)
    expect(file.headers.get('content-type')).toBe('image/png')
    expect(file.headers.get('content-length')).toBe(String(PNG.length))
    expect(file.headers.get('content-security-policy')).toContain('sandbox')
    expect(Buffer.from(await file.arrayBuffer())).toEqual(PNG)
    expect((await fetch(baseUrl() + url, { method: 'HEAD' })).headers.get('content-type')).toBe('image/png')
    expect((await fetch(baseUrl() + before)).status).toBe(200)
    storeIn('disk')
    expect((await fetch(baseUrl() + url)).status).toBe(404)
  })

  it('may take its time and write into the database: no transaction of the upload waits for it', async () => {
    storeIn('writing')

    expect(await upload()).toSucceed()
  })

  it('that is gone is missed, and nothing is kept elsewhere', async () => {
    storeIn('memory')
    const { url } = (await upload()).data

    await comesAndGoes(
      async () => [(await upload()).status, (await fetch(baseUrl() + url)).status],
      [200, 200],
      [503, 503],
    )
  })

  it('that fails, or is asked for what is no name, shows nothing', async () => {
    storeIn('memory')
    const status = async (name: string) => (await fetch(`${baseUrl()}/static/upload/${name}`)).status

    expect(await status('broken.png')).toBe(503)
    for (const name of ['none.png', '.hidden', '%2e%2e%2fkeys', 'a%2fb', '%00', '%E0%A4%A'])
      expect([name, await status(name)]).toEqual([name, 404])
  })
})

describe('a card of the dashboard', () => {
  const cardsOf = async (who: Client, language = 'en-US') =>
    (await who.get('/dashboard/cards', { language })).data
  const named = (cards: { name: string }[]) => cards.map(({ name }) => name)
  const open = ['points.good', 'points.broken', 'points.slow']

  it('shows what it declares; one that fails or is slow hurts no other', async () => {
    const user = await signIn()

    const cards = await cardsOf(user)

    const nothing = { value: null, error: 'It could not be read', title: 'Numbers' }
    expect(cards).toEqual([
      { name: 'points.good', title: 'Numbers', value: { count: 3 }, error: null },
      { name: 'points.broken', ...nothing },
      { name: 'points.slow', ...nothing },
    ])
    expect((await cardsOf(user, 'zh-CN'))[0].title).toBe('数字')
  })

  it('is shown to those who may see it', async () => {
    expect(named(await cardsOf(await signIn({ can: ['points:see'] })))).toEqual([...open, 'points.closed'])
    expect(await stranger().get('/dashboard/cards')).toFail(401, 'auth.not_authenticated')
  })

  it('comes and goes with its plugin', async () => {
    const user = await signIn()

    await comesAndGoes(async () => named(await cardsOf(user)), open, [])
  })
})

describe('a tool', () => {
  const toolsOf = async (who: Client, query = '') => (await who.get(`/tools?${query}`)).data.items
  const use = (who: Client, body: unknown) => who.post('/tools/points_add', body)

  it('is listed with the schema of its input, for those who may call it', async () => {
    const [add, ...rest] = await toolsOf(await signIn({ can: ['points:add'] }))

    expect(rest).toEqual([])
    expect(add).toMatchObject({
      ...{ name: 'points_add', module: 'points', is_tool: true, changes: true },
      ...{ method: 'POST', path: '/api/v1/tools/points_add', description: 'Adds two whole numbers.' },
    })
    expect(add.input_schema.properties.body).toMatchObject({
      properties: { a: { type: 'integer', description: 'The first one.' } },
      required: ['a', 'b'],
    })
    expect(await toolsOf(await signIn())).toEqual([])
  })

  it('is called by the rules of every route', async () => {
    const user = await signIn({ can: ['points:add'] })

    expect((await use(user, { a: 1, b: 2 })).data).toEqual({ sum: 3 })
    expect((await use(user, { a: 1 })).status).toBe(422)
    expect(await use(await signIn(), { a: 1, b: 2 })).toFail(403, 'auth.permission_denied')
    expect(await use(stranger(), { a: 1, b: 2 })).toFail(401, 'auth.not_authenticated')
  })

  it('comes and goes with its plugin', async () => {
    const user = await signIn({ can: ['points:add'] })

    await comesAndGoes(async () => (await toolsOf(user)).length, 1, 0)
    await toggle()
    expect(await use(user, { a: 1, b: 2 })).toFail(403, 'plugin.disabled', { name: 'points' })
  })

  it('is every route, on request, as far as the caller may call it', async () => {
    const user = await signIn({ can: ['sys:dept:add'] })

    const tools = await toolsOf(user, 'only_tools=false&size=200')

    const byName = new Map<string, { path: string; input_schema: { properties: unknown } }>(
      tools.map((one: { name: string }) => [one.name, one]),
    )
    expect(byName.get('adminCreateADepartment')).toMatchObject({ path: '/api/v1/sys/depts', method: 'POST' })
    expect(byName.get('adminGetADepartment')?.input_schema.properties).toMatchObject({
      params: { properties: { pk: { type: 'string', pattern: '^[0-9]{1,19}$' } } },
    })
    const paths = [...byName.values()].map(({ path }) => path)
    expect(paths).not.toContain('/api/v1/auth/login')
    expect(paths).not.toContain('/api/v1/sys/files/upload')
    expect(tools.filter((one: { method: string }) => one.method === 'DELETE').map(nameOf)).not.toContain(
      'adminDeleteADepartment',
    )
  })
})

const nameOf = (one: { name: string }) => one.name

it.each([
  ['what the core has', "fileStores.filledBy({ name: 'disk', keep: async () => 'x' })", 'file store disk'],
  [
    'a permission code of the core',
    "dashboardCards.filledBy(card({ name: 'c', title: 'x', access: 'sys:menu:add', value: z.int(), read: async () => 1 }))",
    'permission code sys:menu:add',
  ],
])('%s cannot be taken by an extension', async (_what, extension, claim) => {
  const root = mkdtempSync(path.join(tmpdir(), 'thief-'))
  const index = `import { card, dashboardCards, fileStores, module, z } from '#core'
export default module({ name: 'thief', extensions: [${extension}] })`

  const findings = await checkPlugin(write(root, 'thief', { 'index.ts': index }), modules)
  rmSync(root, { recursive: true })

  expect(findings).toContainEqual({ kind: 'error', words: `${claim} belongs to admin already` })
})
