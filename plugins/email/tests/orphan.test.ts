import { reader, systemCall, takeSettingsFrom } from '#core'
import { signInAdmin, unique, useApp, type Client } from '#testing'
import { ending, forgetTasks, reaches } from '../../../tests/support/tasks'
import { outboxCrud } from '../../../src/app/task/crud/outbox'
import { resultCrud } from '../../../src/app/task/crud/result'
import { emailCrud } from '../crud/email'
import { adopt } from '../service/orphan'
import { queueMail } from '../service/outbox'
import { smtpError, startSmtp, type Smtp } from './smtp'

useApp({ plugins: ['email'] })
forgetTasks()

let smtp: Smtp
let admin: Client
let giveBack: () => void

beforeAll(async () => {
  admin = await signInAdmin()
  smtp = await startSmtp()
  const server = { EMAIL_HOST: 'localhost', EMAIL_PORT: String(smtp.port), EMAIL_SSL: 'false' }
  giveBack = takeSettingsFrom(() =>
    Promise.resolve({ ...server, EMAIL_STARTTLS: 'off', EMAIL_FROM: 'robot@example.com' }),
  )
})
afterAll(async () => {
  giveBack()
  await smtp.stop()
})

async function row(id: string) {
  const mail = await emailCrud.get(reader(), id)
  if (!mail) throw new Error(`no mail ${id}`)
  return { ...mail, task_id: String(mail.task_id) }
}

/** A mail that the server did not take yet; it would now, but its task has not come back to it. */
async function waiting() {
  const to = `${unique('to')}@example.com`
  smtp.answers.recipient = () => smtpError(451, 'later')
  const id = await queueMail(systemCall(reader()), { recipients: [to], subject: 'Hello', text: 'World' })
  const { task_id } = await row(id)
  await reaches(task_id, 'RETRY')
  smtp.answers.recipient = undefined
  return { id, to, task_id }
}

/** Its task has ended like one that took its workers with it. */
async function lost() {
  const mail = await waiting()
  await end(mail.task_id)
  return mail
}

async function end(taskId: string) {
  const error = 'WorkerLostError: the task took its worker with it 5 times'
  await resultCrud.updateWhere(
    reader(),
    { task_id: taskId },
    { status: 'FAILURE', date_done: new Date(), error },
  )
}

const arrived = (to: string) => smtp.mails.filter((mail) => mail.recipients.includes(to)).length

describe('a mail that waits', () => {
  it('is handed over by another task when its own has failed without a word', async () => {
    const { id, to, task_id } = await lost()

    await adopt(undefined, 0)

    const now = await row(id)
    expect(now.task_id).not.toBe(task_id)
    expect((await ending(now.task_id)).status).toBe('SUCCESS')
    expect(await row(id)).toMatchObject({ state: 'sent' })
    expect(arrived(to)).toBe(1)
  })

  it('is handed over by another task when nobody knows its own any more', async () => {
    const { id, to, task_id } = await waiting()
    const { id: result } = (await resultCrud.byTaskId(reader(), task_id)) ?? { id: '' }
    await outboxCrud.purge(reader(), { id: result })
    await resultCrud.purge(reader(), { id: result })

    await adopt(undefined, 0)

    await ending((await row(id)).task_id)
    expect(arrived(to)).toBe(1)
  })

  it('has failed when somebody revoked its task', async () => {
    const { id, to, task_id } = await waiting()
    expect(await admin.delete(`/tasks/${task_id}/cancel`)).toSucceed()

    await adopt(undefined, 0)

    expect(await row(id)).toMatchObject({ state: 'failed', last_error: 'its task was revoked', task_id })
    expect(arrived(to)).toBe(0)
  })

  it('is left to its task as long as that lives', async () => {
    const { id, task_id } = await waiting()

    await adopt(undefined, 0)

    expect(await row(id)).toMatchObject({ state: 'pending', task_id })
  })

  it('is left alone for some minutes', async () => {
    const { id, task_id } = await lost()

    await adopt()

    expect(await row(id)).toMatchObject({ state: 'pending', task_id })
  })

  it('gets one task, however many look after it at once', async () => {
    const { id, to } = await lost()

    await Promise.all([adopt(undefined, 0), adopt(undefined, 0), adopt(undefined, 0)])

    await ending((await row(id)).task_id)
    const tasks = await resultCrud.find(reader(), { where: { kwargs: JSON.stringify({ email_id: id }) } })
    expect(tasks).toHaveLength(2)
    expect(arrived(to)).toBe(1)
  })

  it('has failed when its tasks end without a word again and again', async () => {
    const { id } = await lost()
    await emailCrud.update(reader(), id, { attempts: 18 })

    await adopt(undefined, 0)

    expect(await row(id)).toMatchObject({ state: 'failed' })
    expect((await row(id)).last_error).toContain('18 attempts: WorkerLostError')
  })
})

it('mails without tasks are looked for on schedule', async () => {
  const { data } = await admin.get('/schedulers?size=100')

  expect(data.items).toContainEqual(
    expect.objectContaining({ task: 'email.adopt', crontab: '*/10 * * * *', enabled: true }),
  )
})
