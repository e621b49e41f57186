import { generateKeyPairSync } from 'node:crypto'
import { reader, systemCall, takeSettingsFrom, inTransaction, channels, type SettingTexts } from '#core'
import { signIn, signInAdmin, stranger, unique, useApp, type Client } from '#testing'
import { ending, forgetTasks, reaches } from '../../../tests/support/tasks'
import { redis } from '../../../src/infra/redis'
import { emailCrud } from '../crud/email'
import { handOver } from '../service/hand-over'
import { queueMail, type NewMail } from '../service/outbox'
import { purgeOld } from '../service/retention'
import { render } from '../service/template'
import { isSigned } from './dkim'
import { smtpError, startSmtp, type Received, type Smtp } from './smtp'

useApp({ plugins: ['email'] })
forgetTasks()

const PATH = '/emails'

let smtp: Smtp
let admin: Client
let giveBack: () => void
let texts: SettingTexts

/** Settings as an operator would change them while Steward runs. */
const set = (more: Record<string, string>) => {
  texts = { ...texts, ...more }
}

beforeAll(async () => {
  admin = await signInAdmin()
  giveBack = takeSettingsFrom(() => Promise.resolve(texts))
})
afterAll(() => giveBack())

beforeEach(async () => {
  smtp = await startSmtp()
  texts = { EMAIL_HOST: 'localhost', EMAIL_PORT: String(smtp.port), EMAIL_SSL: 'false' }
  texts = { ...texts, EMAIL_STARTTLS: 'off', EMAIL_FROM: 'Steward <robot@example.com>' }
  const windows = await redis().keys('fba:limiter*')
  if (windows.length > 0) await redis().del(windows)
})
afterEach(() => smtp.stop())

const address = () => `${unique('to')}@example.com`

/** Queues a mail as a plugin does. @returns its row */
async function queue(more: Partial<NewMail> = {}) {
  const call = systemCall(reader())
  const id = await queueMail(call, { recipients: [address()], subject: 'Hello', text: 'World', ...more })
  return row(id)
}

async function row(id: string) {
  const mail = await emailCrud.get(reader(), id)
  if (!mail) throw new Error(`no mail ${id}`)
  return mail
}

const taskOf = async (id: string) => String((await row(id)).task_id)

async function only(): Promise<Received> {
  const [mail, ...others] = smtp.mails
  if (!mail || others.length > 0) throw new Error(`${smtp.mails.length} mails arrived`)
  return Promise.resolve(mail)
}

/** An attempt as the worker makes it. */
const attempt = (key: string, retries: number) => ({
  ...{ key, retries, signal: new AbortController().signal, schedule_id: null, tick_time: null },
  ...{ progress: () => {}, log: () => {} },
})

/** One more attempt, as after the pause. */
const again = (id: string, retries: number) => taskOf(id).then((key) => handOver(id, attempt(key, retries)))

describe('a mail of the outbox', () => {
  it('is handed over by a task', async () => {
    const { id, recipients } = await queue({ html: '<p>World</p>', subject: '你好，世界' })

    expect((await ending(await taskOf(id))).status).toBe('SUCCESS')

    expect(await only()).toMatchObject({
      ...{ subject: '你好，世界', envelope_from: 'robot@example.com', recipients: [recipients] },
      ...{ from: { name: 'Steward', address: 'robot@example.com' }, messageId: `<${id}@example.com>` },
    })
    expect((await only()).text?.trim()).toBe('World')
    expect((await only()).html?.trim()).toBe('<p>World</p>')
    expect(await row(id)).toMatchObject({ state: 'sent', attempts: 1, last_error: null })
  })

  it('carries its attachments', async () => {
    const content = Buffer.from([0, 255, 13, 10, 46, 13, 10, 1])
    const { id } = await queue({ attachments: [{ name: '报表.bin', content }] })
    await ending(await taskOf(id))

    const [file] = (await only()).attachments
    expect(file?.filename).toBe('报表.bin')
    expect(Buffer.from(file?.content as ArrayBuffer)).toEqual(content)
    expect((await admin.get(`${PATH}/${id}`)).data.attachments).toMatchObject([
      { name: '报表.bin', size: content.length, content_type: 'application/octet-stream' },
    ])
  })

  it('is one mail, however often it is asked for under the same key', async () => {
    const key = unique('key')
    const first = await queue({ key })
    const second = await queue({ key, subject: 'Another' })
    await ending(await taskOf(first.id))

    expect(second.id).toBe(first.id)
    expect((await only()).subject).toBe('Hello')
  })

  it('is never there when its transaction is rolled back', async () => {
    const to = address()
    const broken = inTransaction(async (db) => {
      await queueMail(systemCall(db), { recipients: [to], subject: 'x', text: 'x' })
      throw new Error('no')
    })

    await expect(broken).rejects.toThrow('no')
    expect((await admin.get(`${PATH}?recipient=${to}`)).data.total).toBe(0)
  })

  it.each([
    ['a subject of two lines', { subject: 'Hi\r\nBcc: all@example.com' }, 'email.subject_invalid'],
    ['a subject that is too long', { subject: 'x'.repeat(256) }, 'email.subject_invalid'],
    ['an address of two lines', { recipients: ['a@example.com\r\nRCPT TO:<b@example.com>'] }, ''],
    ['two addresses in one', { recipients: ['a@example.com,b@example.com'] }, ''],
    ['no address', { recipients: [] }, ''],
    ['too many addresses', { recipients: Array<string>(51).fill('a@example.com') }, ''],
    [
      'attachments without a name',
      { attachments: [{ name: '', content: Buffer.from('x') }] },
      'email.attachments_invalid',
    ],
    [
      'an attachment whose name goes on in a second line',
      { attachments: [{ name: 'a\r\nBcc: b@example.com', content: Buffer.from('x') }] },
      'email.attachments_invalid',
    ],
    [
      'an attachment whose type says more than a type',
      { attachments: [{ name: 'a', content_type: 'text/plain\r\nX-A: b', content: Buffer.from('x') }] },
      'email.attachments_invalid',
    ],
    [
      'attachments that are too large',
      { attachments: [{ name: 'x', content: Buffer.alloc(5_242_881) }] },
      'email.attachments_invalid',
    ],
    [
      'too many attachments',
      { attachments: Array(11).fill({ name: 'x', content: Buffer.from('x') }) },
      'email.attachments_invalid',
    ],
  ])('cannot have %s', async (_, wrong, key) => {
    await expect(queue(wrong)).rejects.toMatchObject({
      issues: [{ key: key || 'email.recipients_invalid' }],
    })
    expect(smtp.mails).toEqual([])
  })

  it('that the server does not want yet is tried again, and arrives once', async () => {
    smtp.answers.recipient = () => smtpError(450, 'greylisted, come back later')
    const { id } = await queue()
    await reaches(await taskOf(id), 'RETRY')
    expect(await row(id)).toMatchObject({ state: 'pending', attempts: 1 })
    expect((await row(id)).last_error).toContain('greylisted')

    smtp.answers.recipient = undefined
    expect(await again(id, 1)).toEqual({ state: 'sent' })
    expect(await again(id, 2)).toEqual({ state: 'not_mine' })

    expect(await row(id)).toMatchObject({ state: 'sent', attempts: 2, last_error: null })
    await only()
  })

  it('that the server refuses for good is not tried again', async () => {
    smtp.answers.recipient = () => smtpError(550, 'nobody of that name here')
    const { id } = await queue()

    expect((await ending(await taskOf(id))).status).toBe('FAILURE')

    expect(await row(id)).toMatchObject({ state: 'failed', attempts: 1 })
    expect((await row(id)).last_error).toContain('nobody of that name')
  })

  it('has failed when the last attempt has', async () => {
    smtp.answers.data = 'hang_up'
    const { id } = await queue()
    await reaches(await taskOf(id), 'RETRY')

    await expect(again(id, 5)).rejects.toThrow()

    expect(await row(id)).toMatchObject({ state: 'failed', attempts: 2 })
    expect(smtp.mails).toEqual([])
  })

  it('tells which of its addresses were refused', async () => {
    const [good, bad] = [address(), address()]
    smtp.answers.recipient = (to) => (to === bad ? smtpError(550, 'gone') : null)
    const { id } = await queue({ recipients: [good, bad] })
    await ending(await taskOf(id))

    expect((await only()).recipients).toEqual([good])
    expect(await row(id)).toMatchObject({ state: 'sent', last_error: `refused: ${bad}` })
  })

  it('that is put off for some of its addresses is tried again for them alone', async () => {
    const [good, late, bad] = [address(), address(), address()]
    const recipients = [good, late, bad]
    smtp.answers.recipient = (to) => {
      if (to === late) return smtpError(451, 'greylisted, come back later')
      return to === bad ? smtpError(550, 'gone') : null
    }
    const { id } = await queue({ recipients })
    await reaches(await taskOf(id), 'RETRY')

    const before = (await admin.get(`${PATH}?recipient=${late}`)).data.items
    expect(before).toMatchObject([{ id, recipients, state: 'pending', missing: [late], refused: [bad] }])
    expect(before[0].last_error).toContain('greylisted')

    smtp.answers.recipient = undefined
    expect(await again(id, 1)).toEqual({ state: 'sent' })

    expect(smtp.mails.map((mail) => mail.recipients)).toEqual([[good], [late]])
    expect(smtp.mails[1]?.to?.map((to) => to.address)).toEqual(recipients)
    const { data } = await admin.get(`${PATH}/${id}`)
    expect(data).toMatchObject({ state: 'sent', missing: [], refused: [bad], last_error: `refused: ${bad}` })
  })

  it('that is put off for one of its addresses and then refused has been sent to the others', async () => {
    const [good, late] = [address(), address()]
    smtp.answers.recipient = (to) => (to === late ? smtpError(451, 'later') : null)
    const { id } = await queue({ recipients: [good, late] })
    await reaches(await taskOf(id), 'RETRY')

    smtp.answers.recipient = () => smtpError(550, 'gone')
    expect(await again(id, 1)).toEqual({ state: 'sent' })

    expect((await only()).recipients).toEqual([good])
    expect((await admin.get(`${PATH}/${id}`)).data).toMatchObject({ missing: [], refused: [late] })
  })

  it('that is put off for one of its addresses to the end has failed, and is sent again to that one', async () => {
    const [good, late] = [address(), address()]
    smtp.answers.recipient = (to) => (to === late ? smtpError(451, 'later') : null)
    const { id } = await queue({ recipients: [good, late] })
    await reaches(await taskOf(id), 'RETRY')
    await expect(again(id, 5)).rejects.toThrow()
    expect((await admin.get(`${PATH}/${id}`)).data).toMatchObject({ state: 'failed', missing: [late] })

    smtp.answers.recipient = undefined
    expect(await admin.post(`${PATH}/${id}/resend`)).toSucceed()
    await ending(await taskOf(id))

    expect(smtp.mails.map((mail) => mail.recipients)).toEqual([[good], [late]])
    expect(await row(id)).toMatchObject({ state: 'sent', last_error: null })
  })

  it('waits no longer for a silent server than the settings say', async () => {
    set({ EMAIL_TIMEOUT_SECONDS: '1' })
    smtp.answers.connect = 'silence'
    const { id } = await queue()

    await reaches(await taskOf(id), 'RETRY')

    expect((await row(id)).last_error).toMatch(/greeting|timeout/i)
  })
})

describe('the outbox', () => {
  it('is searched, and shows a mail with its body', async () => {
    const { id, recipients } = await queue({ subject: 'Quarterly figures', html: '<b>1</b>' })
    await ending(await taskOf(id))

    const found = await admin.get(
      `${PATH}?recipient=${recipients.slice(0, 12)}&subject=FIGURES&state=sent&size=5`,
    )
    expect(found.data).toMatchObject({ total: 1, items: [{ id, recipients: [recipients], state: 'sent' }] })
    expect(found.data.items[0]).not.toHaveProperty('text')
    expect((await admin.get(`${PATH}?recipient=${recipients}&state=failed`)).data.total).toBe(0)
    expect((await admin.get(`${PATH}?recipient=${recipients}&until=2000-01-01`)).data.total).toBe(0)
    expect((await admin.get(`${PATH}?state=lost`)).status).toBe(422)
    expect((await admin.get(`${PATH}/${id}`)).data).toMatchObject({ text: 'World', html: '<b>1</b>' })
    expect(await admin.get(`${PATH}/1`)).toFail(404, 'email.not_found')
  })

  it('sends a mail again on request, as the same mail', async () => {
    smtp.answers.recipient = () => smtpError(550, 'full')
    const { id } = await queue()
    await ending(await taskOf(id))
    smtp.answers.recipient = undefined

    expect(await admin.post(`${PATH}/${id}/resend`)).toSucceed()
    await ending(await taskOf(id))

    expect((await only()).messageId).toBe(`<${id}@example.com>`)
    expect(await row(id)).toMatchObject({ state: 'sent', attempts: 1, last_error: null })
    expect(await admin.post(`${PATH}/1/resend`)).toFail(404, 'email.not_found')
  })

  it('leaves nothing to do for the task before, once a mail is sent again', async () => {
    smtp.answers.recipient = () => smtpError(450, 'later')
    const { id } = await queue()
    const before = await taskOf(id)
    await reaches(before, 'RETRY')
    await admin.post(`${PATH}/${id}/resend`)
    await reaches(await taskOf(id), 'RETRY')
    smtp.answers.recipient = undefined

    expect(await handOver(id, attempt(before, 1))).toEqual({ state: 'not_mine' })
    expect(smtp.mails).toEqual([])
    expect(await again(id, 1)).toEqual({ state: 'sent' })
    await only()
  })

  it('forgets mails, those that wait included', async () => {
    smtp.answers.recipient = () => smtpError(450, 'later')
    const { id } = await queue({ attachments: [{ name: 'a.txt', content: Buffer.from('a') }] })
    await reaches(await taskOf(id), 'RETRY')
    const key = await taskOf(id)

    expect(await admin.delete(PATH, { pks: [id] })).toSucceed()
    expect((await admin.delete(PATH, { pks: [id] })).code).toBe(400)

    expect(await handOver(id, attempt(key, 1))).toEqual({ state: 'not_mine' })
  })

  it('is cleared of what is older than the settings keep, but not of what still waits', async () => {
    const old = new Date(Date.now() - 31 * 86_400_000)
    const make = async (state: 'pending' | 'sent' | 'failed') => {
      const values = { recipients: address(), subject: 'old', state, created_time: old }
      return (await emailCrud.create(reader(), values)).id
    }
    const [waits, sent, failed] = [await make('pending'), await make('sent'), await make('failed')]

    set({ EMAIL_RETENTION_DAYS: '0' })
    expect(await purgeOld()).toBe(0)
    set({ EMAIL_RETENTION_DAYS: '30' })
    expect(await purgeOld()).toBeGreaterThanOrEqual(2)

    expect((await emailCrud.getMany(reader(), [waits, sent, failed])).map(({ id }) => id)).toEqual([waits])
  })

  it('is open to those with the codes of its buttons', async () => {
    const { id } = await queue()
    const reading = await signIn({ can: ['sys:email:list'] })

    expect(await reading.get(PATH)).toSucceed()
    expect(await reading.post(`${PATH}/${id}/resend`)).toFail(403, 'auth.permission_denied')
    expect(await reading.delete(PATH, { pks: [id] })).toFail(403, 'auth.permission_denied')
    expect(await (await signIn()).get(PATH)).toFail(403, 'auth.permission_denied')
    expect(await stranger().post(`${PATH}/captcha`, {})).toFail(401, 'auth.not_authenticated')
    await ending(await taskOf(id))
  })
})

describe('a code', () => {
  const ask = (client: Client, recipients: unknown, language = 'zh-CN') =>
    client.post(`${PATH}/captcha`, { recipients }, { language })
  const codeIn = (mail: Received | undefined) => /\b[1-9]{6}\b/.exec(mail?.text ?? '')?.[0] ?? ''

  it('proves the address it was mailed to', async () => {
    const [me, email] = [await signIn(), address()]

    expect(await ask(me, email)).toSucceed()
    const mail = await only()
    expect(mail).toMatchObject({ subject: 'FBA 验证码', recipients: [email] })
    expect(mail.text).toContain('3 分钟内有效')
    expect(mail.html).toContain(codeIn(mail))

    expect(await me.put('/sys/users/me/email', { email, captcha: codeIn(mail) })).toSucceed()
    expect((await me.get('/sys/users/me')).data.email).toBe(email)
  })

  it('is written in the language of whoever asks', async () => {
    await ask(await signIn(), address(), 'en-US')

    const mail = await only()
    expect(mail.subject).toBe('FBA verification code')
    expect(mail.text).toContain('good for 3 minutes')
    expect(mail.html).toContain('lang="en"')
  })

  it('is another one for each address, and good for nobody else', async () => {
    const [me, other, one, two] = [await signIn(), await signIn(), address(), address()]
    expect(await ask(me, [one, two, one])).toSucceed()

    expect(smtp.mails.map(({ recipients }) => recipients)).toEqual([[one], [two]])
    const captcha = codeIn(smtp.mails[0])
    expect(await other.put('/sys/users/me/email', { email: one, captcha })).toFail(
      400,
      'email.captcha_expired',
    )
    expect(await me.put('/sys/users/me/email', { email: one, captcha })).toSucceed()
  })

  it('is not kept in the outbox, and cannot be sent again', async () => {
    const email = address()
    await ask(await signIn(), email)
    const code = codeIn(await only())

    const [mail] = (await admin.get(`${PATH}?recipient=${email}`)).data.items
    const detail = await admin.get(`${PATH}/${mail.id}`)
    expect(detail.data).toMatchObject({ is_hidden: true, state: 'sent', text: null, html: null })
    expect(JSON.stringify(await row(mail.id))).not.toContain(code)
    expect(await admin.post(`${PATH}/${mail.id}/resend`)).toFail(409, 'email.hidden')
  })

  it('that cannot be mailed is no success', async () => {
    const [me, email] = [await signIn(), address()]
    smtp.answers.recipient = () => smtpError(550, 'nobody')
    expect(await ask(me, email)).toFail(400, 'email.refused', { address: email })
    smtp.answers.recipient = () => smtpError(450, 'later')
    expect(await ask(me, email)).toFail(503, 'email.not_sent')
    set({ EMAIL_PORT: '1' })
    expect(await ask(me, email)).toFail(503, 'email.not_sent')

    const rows = (await admin.get(`${PATH}?recipient=${email}`)).data.items
    expect(rows.map((one: { state: string }) => one.state)).toEqual(['failed', 'failed', 'failed'])
    expect(rows[2].last_error).toContain('nobody')
  })

  it.each([
    ['no address', 'x'],
    ['an address with a second line', 'a@example.com\r\nBcc: b@example.com'],
    ['nobody', []],
    ['too many', Array.from({ length: 6 }, (_, n) => `a${n}@example.com`)],
    ['something else', 7],
  ])('is not mailed to %s', async (_, recipients) => {
    expect((await ask(await signIn(), recipients)).status).toBe(422)
    expect(smtp.mails).toEqual([])
  })

  it('is not mailed without end, by one user or to one address', async () => {
    const [me, other, victim] = [await signIn(), await signIn(), address()]
    for (let n = 0; n < 5; n += 1) expect(await ask(me, victim)).toSucceed()

    expect(await ask(me, address())).toFail(429, 'request.too_many')
    expect(await ask(other, victim.toUpperCase())).toFail(429, 'request.too_many')
    expect(await ask(other, address())).toSucceed()
  })
})

describe('the channel', () => {
  it('writes mails with a title, once for a key', async () => {
    const [to, key] = [address(), unique('key')]
    const send = () =>
      channels.named('email')?.send(systemCall(reader(), 'en-US'), to, '# A <b>\n\n* c & d', {
        title: 'T\n<i>',
        key,
      })
    await send()
    await send()
    const sent = await emailCrud.byKey(reader(), key)
    await ending(String(sent?.task_id))

    const mail = await only()
    expect(mail).toMatchObject({ subject: 'T <i>', recipients: [to] })
    expect(mail.text).toContain('# A <b>\n\n* c & d')
    expect(mail.html).toContain('# A &lt;b&gt;\n\n* c &amp; d')
    expect(mail.html).toContain('<title>T &lt;i&gt;</title>')
  })
})

describe('Markdown', () => {
  const WORDS = `# News

A [page](https://example.com/a?b=1&c=2), an [address](mailto:a@example.com) and **more**.

[evil](javascript:alert(1)) [data](data:text/html;base64,AAAA) [file](file:///etc/passwd) [here](/relative)

![seen](data:image/png;base64,AAAA) <script>alert(1)</script> {{subject}}

| a | b |
|---|---|
| 1 | 2 |`

  it('is shown as HTML without anything that acts, beside the words as they were written', async () => {
    const [to, key] = [address(), unique('key')]
    const call = systemCall(reader(), 'zh-CN')
    await channels.named('email')?.send(call, to, WORDS, { title: '公告', key, format: 'markdown' })
    await ending(String((await emailCrud.byKey(reader(), key))?.task_id))

    const { subject, text = '', html = '' } = await only()
    expect(subject).toBe('公告')
    expect(text).toContain(WORDS)
    expect(text).toContain('此邮件由系统自动发送')
    expect(html).toContain('<h1>News</h1>')
    expect(html).toContain('<strong>more</strong>')
    expect(html).toContain('<td>2</td>')
    const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link)
    expect(links).toEqual(['https://example.com/a?b=1&amp;c=2', 'mailto:a@example.com'])
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{subject}}')
    expect(html).not.toContain('<script')
  })
})

it('the card of the outbox counts what waits and what failed, for those who may read it', async () => {
  const cards = async (who: Client) => (await who.get('/dashboard/cards')).data
  const mine = { name: 'email.outbox', title: '发件箱邮件', error: null }
  smtp.answers.recipient = () => smtpError(550, 'gone')
  const [{ value: before }] = await cards(admin)

  await ending(await taskOf((await queue()).id))

  expect(await cards(await signIn({ can: ['sys:email:list'] }))).toEqual([
    { ...mine, value: { ...before, failed: before.failed + 1 } },
  ])
  expect(await cards(await signIn())).toEqual([])
})

describe('templates', () => {
  it('escape what they are given, and take nothing of it for a place', () => {
    const { text, html } = render('message', 'zh-CN', { title: 'x', body: `<a href="{{title}}">'&` })

    expect(text).toContain(`<a href="{{title}}">'&`)
    expect(html).toContain('&lt;a href=&quot;{{title}}&quot;&gt;&#39;&amp;')
  })

  it('are English for other languages, and complete', () => {
    expect(render('message', 'fr-FR', { title: 'x', body: 'y' }).text).toContain('automatically')
    expect(() => render('message', 'en-US', { title: 'x' })).toThrow('a value for body')
  })
})

describe('settings that change while it runs', () => {
  it('count for the next mail: another server, another sender', async () => {
    const { id } = await queue()
    await ending(await taskOf(id))
    const other = await startSmtp()
    set({ EMAIL_PORT: String(other.port), EMAIL_FROM: 'other@example.org' })
    const next = await queue()
    await ending(await taskOf(next.id))
    await other.stop()

    await only()
    expect(other.mails.map((mail) => mail.envelope_from)).toEqual(['other@example.org'])
  })

  it('reuse the connection as long as they stay', async () => {
    set({ EMAIL_POOL_SIZE: '1' })
    for (let n = 0; n < 3; n += 1) await ending(await taskOf((await queue()).id))

    expect(smtp.mails).toHaveLength(3)
    expect(smtp.connections()).toBe(1)
  })

  it('sign mails', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    set({ EMAIL_DKIM_DOMAIN: 'example.com', EMAIL_DKIM_SELECTOR: 's1' })
    set({ EMAIL_DKIM_KEY: privateKey.replaceAll('\n', '\\n') })
    await ending(await taskOf((await queue()).id))

    expect(isSigned((await only()).raw, publicKey)).toBe(true)
    expect(isSigned((await only()).raw.replace('Subject: Hello', 'Subject: Hallo'), publicKey)).toBe(false)
  })
})
