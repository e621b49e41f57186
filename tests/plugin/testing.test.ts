import { now, reader, systemCall } from '#core'
import { app, signIn, unique, useApp, useClock, useMails } from '#testing'
import { queueMail } from '../../plugins/email'
import { until } from '../support/redis'
import { forgetTasks } from '../support/tasks'

useApp({ plugins: ['email'] })
forgetTasks()
const mails = useMails()

describe('what tests of plugins are given', () => {
  it('is the real application with just the plugins that were named', () => {
    expect(app().plugins.list()).toMatchObject([{ name: 'email', state: 'on' }])
  })

  it('users who may do what is named, and nothing else', async () => {
    const user = await signIn({ can: ['sys:dept:add'] })

    expect(await user.post('/sys/depts', { name: unique('dept'), status: 1 })).toSucceed()
    expect(await user.delete('/sys/depts/1')).toFail(403, 'auth.permission_denied')
  })

  it('the mails that were sent', async () => {
    const to = `${unique('to')}@example.com`
    const call = systemCall(reader())
    await queueMail(call, { recipients: [to], subject: 'Hello', text: 'World' })
    await call.committed()

    await until('the mail has arrived', () => mails.length > 0)

    expect(mails).toMatchObject([{ recipients: [to], subject: 'Hello' }])
  })
})

describe('a clock that stands still', () => {
  const clock = useClock('2026-02-03T04:05:06.000Z')

  it('goes on when it is told to', () => {
    expect(now().toISOString()).toBe('2026-02-03T04:05:06.000Z')

    clock.goOn(60)

    expect(now().toISOString()).toBe('2026-02-03T04:06:06.000Z')
  })
})
