import { randomBytes } from 'node:crypto'
import { SecretBox, declareLive, env, liveEnv, reader, setting } from '#core'
import { app, signIn, signInAdmin, stranger, useApp, type Client } from '#testing'
import { configCrud } from '../crud/config'
import { texts } from '../service/live'

useApp({ plugins: ['config', 'oauth2'] })

const PATH = '/sys/configs'

interface Row {
  id: string
  key: string
  value: string
}

let admin: Client
/** Somebody who is signed in and has no rights. */
let anybody: Client
beforeAll(async () => {
  admin = await signInAdmin()
  anybody = await signIn({ can: [] })
})

const made: string[] = []
afterEach(async () => {
  if (made.length > 0) expect(await admin.delete(PATH, made.splice(0))).toSucceed()
  if (app().plugins.get('oauth2')?.state === 'off') await toggle()
})

const toggle = () => admin.put('/sys/plugins/oauth2/status')

const all = async (): Promise<Row[]> => (await anybody.get(`${PATH}/all`)).data

async function save(key: string, value: string): Promise<Row> {
  const row = { name: 'A setting', type: 'TEST', key, value, is_frontend: false, remark: null }
  expect(await admin.post(PATH, row)).toSucceed()
  const found = (await all()).find((one) => one.key === key)
  if (!found) throw new Error(`no row ${key}`)
  made.push(found.id)
  return found
}

const shown = async ({ id }: Row): Promise<string> => (await anybody.get(`${PATH}/${id}`)).data.value
const stored = async ({ id }: Row) => String((await configCrud.get(reader(), id))?.value)

/** Saves a setting that has nothing to do with the others. */
const saveAnother = () => save(`TEST_${randomBytes(6).toString('hex')}`, 'v')

/** What stays of a secret in a database that was brought here without its data key. */
const sealedElsewhere = () =>
  new SecretBox([{ id: 'gone', key: randomBytes(32) }]).seal('open sesame', 'elsewhere')

describe('a key that only the plugin which declares it knows as a secret', () => {
  const issuers = JSON.stringify([
    {
      ...{ source: 'corp', issuer: 'https://id.example.com', client_id: 'steward' },
      ...{ client_secret: 'open sesame', redirect_uri: 'https://admin.example.com/callback' },
    },
  ])

  it('is one while that plugin is switched off, and counts when it is on again', async () => {
    await toggle()
    const row = await save('OAUTH2_OIDC_ISSUERS', issuers)

    expect(row.value).toBe('******')
    expect(await stored(row)).toMatch(/^sb1\./)

    await toggle()
    expect(await stranger().get('/auth/captcha')).toSucceed()
    expect((await stranger().get('/auth/providers')).body).toMatchObject({ code: 200 })
    expect(JSON.stringify((await stranger().get('/auth/providers')).data)).toContain('corp')
  })

  it('is hidden from the moment it is known, and sealed when anything is saved', async () => {
    const row = await save('SHOP_SIGNER', 'open sesame')
    expect(row.value).toBe('open sesame')

    const takeBack = declareLive({
      SHOP_SIGNER: setting.secret(setting.text({ default: '', description: 'Signs the bills of the shop.' })),
    })
    try {
      expect(await shown(row)).toBe('******')
      expect((await all()).find(({ id }) => id === row.id)?.value).toBe('******')
      expect(await texts()).toMatchObject({ SHOP_SIGNER: 'open sesame' })
      expect(await stranger().get('/auth/captcha')).toSucceed()

      await saveAnother()
      expect(await stored(row)).toMatch(/^sb1\./)
    } finally {
      takeBack()
    }
    expect(await shown(row)).toBe('******')
    expect(await texts()).toMatchObject({ SHOP_SIGNER: 'open sesame' })
  })

  it('leaves no trace in the operation log when it is sealed', async () => {
    const row = await save('SHOP_SIGNER', 'hush-hush')
    const takeBack = declareLive({
      SHOP_SIGNER: setting.secret(setting.text({ default: '', description: 'Signs the bills of the shop.' })),
    })
    await saveAnother()
    takeBack()

    const { data } = await admin.get('/logs/opera?size=1')
    const log = await admin.get(`/logs/opera/${data.items[0].id}`)

    expect(JSON.stringify(log.body)).toContain(row.id)
    expect(JSON.stringify(log.body)).not.toMatch(/hush|sb1\./)
  })
})

describe('a secret that cannot be opened', () => {
  it('counts as unset and leaves log-in, saving and the other settings alone', async () => {
    const row = await save('TEST_LOST_PASSWORD', 'open sesame')
    const other = await save('TEST_KEPT_PASSWORD', 'rumpelstiltskin')
    await configCrud.update(reader(), row.id, { value: sealedElsewhere() })
    await saveAnother()

    expect(await stranger().get('/auth/captcha')).toSucceed()
    expect((await liveEnv()).USER_LOCK_THRESHOLD).toBe(env.USER_LOCK_THRESHOLD)
    expect(await texts()).toMatchObject({ TEST_KEPT_PASSWORD: 'rumpelstiltskin' })
    expect(await texts()).not.toHaveProperty('TEST_LOST_PASSWORD')
    expect(await shown(row)).toBe('')
    expect(await shown(other)).toBe('******')
  })

  it('stays as it is when its page is saved, until it is entered anew', async () => {
    const row = await save('TEST_LOST_PASSWORD', 'open sesame')
    const lost = sealedElsewhere()
    await configCrud.update(reader(), row.id, { value: lost })
    await saveAnother()

    for (const value of ['', '******']) {
      expect(await admin.put(PATH, [{ ...row, value }])).toSucceed()
      expect(await stored(row)).toBe(lost)
    }

    expect(await admin.put(PATH, [{ ...row, value: 'another' }])).toSucceed()
    expect(await shown(row)).toBe('******')
    expect(await texts()).toMatchObject({ TEST_LOST_PASSWORD: 'another' })
  })
})

it('a text that looks sealed is a secret whoever gives it, and comes out as it went in', async () => {
  const text = sealedElsewhere()
  const row = await save('TEST_COPIED', text)

  expect(row.value).toBe('******')
  expect(await stored(row)).not.toBe(text)
  expect(await texts()).toMatchObject({ TEST_COPIED: text })
})
