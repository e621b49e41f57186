import { env, liveEnv, reader } from '#core'
import { buildUser, signIn, signInAdmin, stranger, useApp, type Client } from '#testing'
import { configCrud } from '../crud/config'

useApp({ plugins: ['config'] })

const PATH = '/sys/configs'

interface Row {
  id: string
  name: string
  type: string | null
  key: string
  value: string
  is_frontend: boolean
  remark: string | null
}

let admin: Client
beforeAll(async () => {
  admin = await signInAdmin()
})

let made = 0
const unique = () => `TEST_KEY_${process.pid % 1000}_${++made}`

const rowOf = (key: string, value: unknown = 'v', type: string | null = 'TEST') => ({
  ...{ name: 'A setting', type, key, value, is_frontend: false, remark: null },
})

const group = async (type: string): Promise<Row[]> => (await admin.get(`${PATH}/all?type=${type}`)).data

async function find(key: string): Promise<Row> {
  const row = ((await admin.get(`${PATH}/all`)).data as Row[]).find((one) => one.key === key)
  if (!row) throw new Error(`no row ${key}`)
  return row
}

/** What a test changed of the rows that are there from the start, as they were. */
const before = new Map<string, Row>()

async function set(key: string, value: unknown) {
  const row = await find(key)
  if (!before.has(key)) before.set(key, row)
  return admin.put(PATH, [{ ...row, value }])
}

afterEach(async () => {
  if (before.size > 0) expect(await admin.put(PATH, [...before.values()])).toSucceed()
  before.clear()
})

describe('the settings that are there from the start', () => {
  it('are those of the three groups, with the values that count anyway', async () => {
    const values = Object.fromEntries((await group('USER_SECURITY')).map(({ key, value }) => [key, value]))

    expect(values).toMatchObject({
      USER_SECURITY_CONFIG_STATUS: '1',
      USER_LOCK_THRESHOLD: String(env.USER_LOCK_THRESHOLD),
      USER_PASSWORD_MIN_LENGTH: String(env.USER_PASSWORD_MIN_LENGTH),
    })
    expect((await group('EMAIL')).map(({ key }) => key)).toEqual(
      expect.arrayContaining(
        ['CONFIG_STATUS', 'HOST', 'PORT', 'USERNAME', 'PASSWORD', 'SSL'].map((name) => `EMAIL_${name}`),
      ),
    )
    expect((await group('LOGIN'))[0]).toMatchObject({
      created_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    })
    expect((await group('LOGIN')).map(({ key }) => key)).toEqual([
      'LOGIN_CONFIG_STATUS',
      'LOGIN_CAPTCHA_ENABLED',
    ])
    expect(await liveEnv()).toMatchObject({ LOGIN_CAPTCHA_ENABLED: env.LOGIN_CAPTCHA_ENABLED })
  })
})

describe('a change', () => {
  it('counts at once: the captcha of the log-in page', async () => {
    const isAsked = async () => (await stranger().get('/auth/captcha')).data.is_enabled

    await set('LOGIN_CAPTCHA_ENABLED', true)
    expect(await isAsked()).toBe(true)

    await set('LOGIN_CAPTCHA_ENABLED', 'false')
    expect(await isAsked()).toBe(false)
  })

  it('counts only while its group is switched on', async () => {
    await set('USER_LOCK_THRESHOLD', 77)
    expect((await liveEnv()).USER_LOCK_THRESHOLD).toBe(77)

    await set('USER_SECURITY_CONFIG_STATUS', '0')
    expect((await liveEnv()).USER_LOCK_THRESHOLD).toBe(env.USER_LOCK_THRESHOLD)

    await set('USER_SECURITY_CONFIG_STATUS', '1')
    expect((await liveEnv()).USER_LOCK_THRESHOLD).toBe(77)
  })

  it('of the password rules holds for the next password', async () => {
    await set('USER_PASSWORD_MIN_LENGTH', 12)
    const { id } = await buildUser()

    const answer = await admin.put(`/sys/users/${id}/password`, { password: 'abc12345' })

    expect(answer).toFail(400, 'password.too_short', { min: 12 })
  })

  it.each([
    ['USER_LOCK_THRESHOLD', 'many'],
    ['USER_LOCK_SECONDS', '-1'],
    ['USER_PASSWORD_MIN_LENGTH', '90'],
    ['LOGIN_CAPTCHA_ENABLED', 'perhaps'],
    ['LOGIN_CONFIG_STATUS', '2'],
  ])('of %s to %s is refused, and nothing with it', async (key, value) => {
    const row = await find(key)
    const other = await find('EMAIL_HOST')

    const answer = await admin.put(PATH, [
      { ...other, value: 'elsewhere.example' },
      { ...row, value },
    ])

    expect(answer.status).toBe(422)
    expect(answer.msg).toContain(key)
    expect(await find(key)).toEqual(row)
    expect(await find('EMAIL_HOST')).toEqual(other)
  })

  it('that makes the shortest password longer than the longest is refused', async () => {
    const answer = await set('USER_PASSWORD_MAX_LENGTH', '2')

    expect(answer.status).toBe(422)
  })
})

describe('a secret', () => {
  it('is never shown, is stored sealed, and stays as it is when it comes back hidden', async () => {
    const key = `${unique()}_PASSWORD`
    expect(await admin.post(PATH, rowOf(key, 'open sesame'))).toSucceed()
    const row = await find(key)
    const stored = async () => (await configCrud.get(reader(), row.id))?.value

    expect(row.value).toBe('******')
    expect((await admin.get(`${PATH}/${row.id}`)).data.value).toBe('******')
    expect((await admin.get(`${PATH}?name=A+setting&size=200`)).body).not.toEqual(
      expect.objectContaining({ value: 'open sesame' }),
    )
    const sealed = await stored()
    expect(sealed).toMatch(/^sb1\./)

    await admin.put(`${PATH}/${row.id}`, { ...row, name: 'Renamed' })
    expect(await stored()).toBe(sealed)

    await admin.put(`${PATH}/${row.id}`, { ...row, value: 'another' })
    expect(await stored()).not.toBe(sealed)
  })

  it('leaves no trace in the operation log', async () => {
    const key = `${unique()}_SECRET`
    await admin.post(PATH, rowOf(key, 'hush-hush-hush'))
    const row = await find(key)
    await admin.put(PATH, [{ ...row, value: 'hush-again' }])
    await admin.delete(PATH, [row.id])

    const logs = await admin.get(`/logs/opera?username=${encodeURIComponent('')}&size=20`)
    const details = await Promise.all(
      logs.data.items.slice(0, 5).map((log: { id: string }) => admin.get(`/logs/opera/${log.id}`)),
    )

    expect(details.map(({ status }) => status)).toContain(200)
    expect(JSON.stringify([logs.body, details])).not.toMatch(/hush|sb1\./)
  })
})

describe('a row', () => {
  it('is made, found, changed and deleted', async () => {
    const key = unique()
    expect(await admin.post(PATH, rowOf(key, 5))).toSucceed()
    const row = await find(key)
    expect(row).toMatchObject({ value: '5', type: 'TEST', is_frontend: false })
    expect(
      (await admin.get(`${PATH}?type=TES&name=setting`)).data.items.map((one: Row) => one.key),
    ).toContain(key)

    expect(await admin.put(`${PATH}/${row.id}`, { ...rowOf(key, true), name: 'Other' })).toSucceed()
    expect((await admin.get(`${PATH}/${row.id}`)).data).toMatchObject({ name: 'Other', value: 'true' })

    expect(await admin.delete(PATH, [row.id])).toSucceed()
    expect(await admin.get(`${PATH}/${row.id}`)).toFail(404, 'config.not_found')
    expect((await admin.delete(PATH, [row.id])).code).toBe(400)
  })

  it('has a key of its own', async () => {
    const [one, two] = [unique(), unique()]
    await admin.post(PATH, rowOf(one))
    await admin.post(PATH, rowOf(two))
    const row = await find(two)

    expect(await admin.post(PATH, rowOf(one))).toFail(409, 'config.key_taken', { key: one })
    expect(await admin.put(`${PATH}/${row.id}`, rowOf(one))).toFail(409, 'config.key_taken', { key: one })
    expect(await admin.put(PATH, [{ ...row, key: one }])).toFail(409, 'config.key_taken', { key: one })
    expect(
      await admin.put(PATH, [
        { ...row, key: 'same' },
        { ...(await find(one)), key: 'same' },
      ]),
    ).toFail(409, 'config.key_taken', { key: 'same' })
  })

  it('must exist to be changed, and so must each of several', async () => {
    const key = unique()
    await admin.post(PATH, rowOf(key, 'before'))
    const row = await find(key)

    expect(
      await admin.put(PATH, [
        { ...row, value: 'after' },
        { ...row, id: '1', key: unique() },
      ]),
    ).toFail(404, 'config.not_found')
    expect((await find(key)).value).toBe('before')
    expect(await admin.put(`${PATH}/1`, rowOf(unique()))).toFail(404, 'config.not_found')
    expect((await admin.put(PATH, [])).code).toBe(400)
  })
})

describe('who may', () => {
  it('read: everybody who is signed in', async () => {
    const reader = await signIn({ can: [] })

    for (const path of [`${PATH}/all?type=LOGIN`, PATH]) {
      expect(await reader.get(path)).toSucceed()
      expect(await stranger().get(path)).toFail(401, 'auth.not_authenticated')
    }
  })

  it('save the pages: whoever has their code', async () => {
    const row = await find('EMAIL_HOST')
    const editor = await signIn({ can: ['sys.config.edits'] })
    const other = await signIn({ can: ['sys:config:edit'] })

    expect(await editor.put(PATH, [row])).toSucceed()
    expect(await other.put(PATH, [row])).toFail(403, 'auth.permission_denied')
    expect(await editor.delete(PATH, ['1'])).toFail(403, 'auth.permission_denied')
  })
})
