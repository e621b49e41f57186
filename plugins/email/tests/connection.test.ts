import { reader, systemCall } from '#core'
import { signInAdmin, useApp, type Client } from '#testing'
import { ending, forgetTasks, reaches } from '../../../tests/support/tasks'
import { emailCrud } from '../crud/email'
import { queueMail } from '../service/outbox'
import { makeCertificate, startSmtp, type Smtp } from './smtp'

useApp({ plugins: ['config', 'email'] })
forgetTasks()

const PATH = '/sys/configs'
const tls = makeCertificate()
afterAll(() => tls.remove())

let admin: Client
beforeAll(async () => {
  admin = await signInAdmin()
})

const open: Smtp[] = []
afterEach(async () => {
  for (const smtp of open.splice(0)) await smtp.stop()
})

async function serve(...options: Parameters<typeof startSmtp>): Promise<Smtp> {
  const smtp = await startSmtp(...options)
  open.push(smtp)
  return smtp
}

/** Changes the group EMAIL as the console's page does; rows that are not there yet are made. */
async function set(values: Record<string, string>): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    const rows: { key: string; id: string }[] = (await admin.get(`${PATH}/all`)).data
    const row = rows.find((one) => one.key === key)
    const made = { name: key, type: 'EMAIL', key, is_frontend: false, remark: null, ...row, value }
    expect(row ? await admin.put(PATH, [made]) : await admin.post(PATH, made)).toSucceed()
  }
}

const usual = (smtp: Smtp) => ({
  ...{ EMAIL_HOST: 'localhost', EMAIL_PORT: String(smtp.port), EMAIL_SSL: 'false', EMAIL_STARTTLS: 'auto' },
  ...{ EMAIL_USERNAME: 'robot', EMAIL_PASSWORD: 's3cret', EMAIL_FROM: 'robot@example.com' },
  EMAIL_TLS_CA: tls.ca_file,
})

/** Queues a mail. @returns its id and that of its task */
async function queue() {
  const id = await queueMail(systemCall(reader()), {
    ...{ recipients: ['ann@example.com'], subject: 'Hello', text: 'World' },
  })
  return { id, task: String((await emailCrud.get(reader(), id))?.task_id) }
}

const errorOf = async (id: string) => (await emailCrud.get(reader(), id))?.last_error

describe('a connection', () => {
  it('is what the console says, at once: TLS from the first byte, with name and password', async () => {
    const smtp = await serve({ secure: true, cert: tls.cert, key: tls.key })
    await set({ ...usual(smtp), EMAIL_SSL: 'true' })

    const { task } = await queue()

    expect((await ending(task)).status).toBe('SUCCESS')
    expect(smtp.mails).toMatchObject([{ is_tls: true, user: 'robot' }])
  })

  it('changes to TLS where the server offers it', async () => {
    const smtp = await serve({ cert: tls.cert, key: tls.key })
    await set(usual(smtp))

    await ending((await queue()).task)

    expect(smtp.mails).toMatchObject([{ is_tls: true, user: 'robot' }])
  })

  it('is not used without TLS where that is required', async () => {
    const smtp = await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
    await set({ ...usual(smtp), EMAIL_STARTTLS: 'required' })

    const { id, task } = await queue()
    await reaches(task, 'RETRY')

    expect(await errorOf(id)).toMatch(/STARTTLS|TLS/)
    expect(smtp.mails).toEqual([])
  })

  it('is not used with a server whose certificate nobody vouches for', async () => {
    const stranger = makeCertificate()
    const smtp = await serve({ secure: true, cert: stranger.cert, key: stranger.key })
    stranger.remove()
    await set({ ...usual(smtp), EMAIL_SSL: 'true' })

    const { id, task } = await queue()
    await reaches(task, 'RETRY')

    expect(await errorOf(id)).toMatch(/certificate/)
    expect(smtp.mails).toEqual([])
  })

  it('is tried again where name or password is wrong: an operator can put that right', async () => {
    const smtp = await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
    await set({ ...usual(smtp), EMAIL_PASSWORD: 'wrong' })

    const { id, task } = await queue()
    await reaches(task, 'RETRY')
    expect(await errorOf(id)).toContain('no such account')

    await set({ EMAIL_PASSWORD: 's3cret' })
    expect(await admin.post(`/emails/${id}/resend`)).toSucceed()
    await ending(String((await emailCrud.get(reader(), id))?.task_id))
    expect(smtp.mails).toMatchObject([{ user: 'robot' }])
  })
})

it('no answer and no row of the settings shows the password', async () => {
  await set({ EMAIL_PASSWORD: 'open-sesame-77' })

  const answer = await admin.get(`${PATH}/all?type=EMAIL`)

  expect(JSON.stringify(answer.body)).not.toContain('open-sesame-77')
})
