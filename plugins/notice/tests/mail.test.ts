import { nextId, systemCall, type TaskRun } from '#core'
import { buildUser, signInAdmin, unique, useApp, useMails, type Client } from '#testing'
import { reader } from '../../../src/infra/database'
import { userCrud } from '../../../src/app/admin/crud/user'
import { resultCrud } from '../../../src/app/task/crud/result'
import { ending, forgetTasks } from '../../../tests/support/tasks'
import { mail } from '../service/mail'
import { mailNotice } from '../task/mail-notice'

useApp({ plugins: ['email', 'notice'] })
forgetTasks()
const mails = useMails()

const PATH = '/sys/notices'

let admin: Client
beforeAll(async () => {
  admin = await signInAdmin()
})

const draft = (title: string, content: string) => ({ title, type: 0, status: 0, content })

const newest = (name: string) =>
  resultCrud.find(reader(), { where: { name }, order: [['id', 'DESC']], limit: 1 }).then(([task]) => task)

/** Waits until everything is mailed that was asked for. */
async function allMailed() {
  await ending(String((await newest('notice.mail'))?.task_id))
  for (const task of await resultCrud.find(reader(), { where: { name: 'email.send' } }))
    await ending(task.task_id)
}

it('a notice that is published again is mailed again, and once each time', async () => {
  const title = unique('n')
  const user = await buildUser()
  await userCrud.update(reader(), user.id, { email: `${unique('m')}@example.com` })
  expect(await admin.post(PATH, draft(title, 'first'))).toSucceed()
  const { id } = (await admin.get(`${PATH}?title=${title}`)).data.items[0]
  const publish = () => admin.post(`${PATH}/${id}/publish`, { audience: 'users', ids: [user.id], mail: true })

  expect(await publish()).toSucceed()
  await allMailed()
  const run: TaskRun = {
    ...{ key: nextId(), retries: 1, schedule_id: null, tick_time: null },
    ...{ signal: new AbortController().signal, progress: () => {}, log: () => {} },
  }
  const again = mailNotice.payload.parse(JSON.parse((await newest('notice.mail'))?.kwargs ?? ''))
  await mail(systemCall(reader()), again, run)
  await allMailed()
  expect(mails).toHaveLength(1)

  expect(await admin.post(`${PATH}/${id}/publish`, { audience: 'users', ids: [user.id] })).toSucceed()
  await mail(systemCall(reader()), again, run)
  await allMailed()
  expect(mails).toHaveLength(1)

  expect(await admin.put(`${PATH}/${id}`, draft(title, 'second'))).toSucceed()
  expect(await publish()).toSucceed()
  await allMailed()

  expect(mails).toHaveLength(2)
  expect(mails[1]?.text).toContain('second')
})
