import path from 'node:path'
import { taskNamed } from '../../src/core/task-registry'
import { ask, reaches, resultOf } from '../support/tasks'
import { redis } from '../../src/infra/redis'
import { StewardProcess } from '../support/steward-process'
import { until } from '../support/redis'
import { forgetMemos } from './fixture/memo/task/forget-memos'
import { app, baseUrl, signIn, signInAdmin, stranger, useApp } from '#testing'

useApp({ plugins: [path.join(__dirname, 'fixture/memo')] })

jest.setTimeout(120_000)

const toggle = async () => (await signInAdmin()).put('/sys/plugins/memo/status')

afterEach(async () => {
  if (app().plugins.get('memo')?.state === 'off') await toggle()
})

describe('a plugin that is switched off', () => {
  it('says so at its addresses, to strangers too, and answers again when it is switched on', async () => {
    const user = await signIn()

    expect(await toggle()).toSucceed()
    expect(await user.get('/memos')).toFail(403, 'plugin.disabled', { name: 'memo' })
    expect(await stranger().get('/memos')).toFail(403, 'plugin.disabled', { name: 'memo' })

    expect(await toggle()).toSucceed()
    expect(await user.get('/memos')).toSucceed()
  })

  it('is shown as such, and the change is told', async () => {
    const admin = await signInAdmin()
    await redis().del('fba:plugin:changed')
    expect((await admin.get('/sys/plugins/changed')).data).toBe(false)

    await toggle()

    const [memo] = (await admin.get('/sys/plugins')).data
    expect(memo.plugin).toMatchObject({
      name: 'memo',
      enable: '0',
      state: 'off',
      version: '1.0.0',
      depends_on: [],
    })
    expect(memo.plugin.load_ms).toBeGreaterThanOrEqual(0)
    expect(memo.plugin.memory_bytes).toBeGreaterThanOrEqual(0)
    expect(memo).toMatchObject({ app: { router: ['v1'] }, settings: { MEMO_MAX: 3 } })
    expect((await admin.get('/sys/plugins/changed')).data).toBe(true)
  })

  it('has no menus', async () => {
    const admin = await signInAdmin()
    const names = async () => JSON.stringify((await admin.get('/sys/menus/sidebar')).data)
    expect(await names()).toContain('PluginMemo')

    await toggle()

    expect(await names()).not.toContain('PluginMemo')
  })

  it('lets its tasks wait until it is on again', async () => {
    await toggle()
    expect(taskNamed('memo.forget')).toBeNull()
    const id = await ask(forgetMemos, {})
    await until('the worker has looked at it', async () => (await resultOf(id)).status === 'PENDING')

    await toggle()

    expect((await reaches(id, 'SUCCESS', 'FAILURE')).status).toBe('SUCCESS')
  })
})

describe('the pages about plugins', () => {
  it('are for super users', async () => {
    expect(await (await signIn()).get('/sys/plugins')).toFail(403, 'auth.permission_denied')
  })

  it('know nothing but plugins', async () => {
    const admin = await signInAdmin()

    for (const name of ['nobody', '..', '%2e%2e', '..%2f..'])
      expect((await admin.put(`/sys/plugins/${name}/status`)).status).toBe(404)
    expect(await admin.get('/sys/plugins/%2e%2e%2fsrc')).toFail(404, 'plugin.not_found')
  })

  it('hand out a plugin as a zip', async () => {
    const admin = await signInAdmin()

    const answer = await fetch(`${baseUrl()}/api/v1/sys/plugins/memo`, { headers: admin.headers })

    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/x-zip-compressed')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="memo.zip"')
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toContain('memo/plugin.json')
  })
})

describe('another process', () => {
  it('follows within seconds, without a restart', async () => {
    const other = await StewardProcess.start({ PLUGIN_DIR: path.join(__dirname, 'fixture') })
    try {
      const status = async () => (await fetch(`${other.address}/api/v1/memos`)).status
      expect(await status()).toBe(401)

      await toggle()
      await until('it is off there', async () => (await status()) === 403)

      await toggle()
      await until('it is on there', async () => (await status()) === 401)
    } finally {
      await other.stop()
    }
  })
})
