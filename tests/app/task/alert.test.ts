import '../../support/low-alerts'
import { module, onTaskEvent, reader, runs, task, z, type TaskAlertEvent } from '#core'
import { alertCrud } from '../../../src/app/task/crud/alert'
import { outboxCrud } from '../../../src/app/task/crud/outbox'
import { checkAlerts } from '../../../src/app/task/service/alert'
import { ask, ending, forgetTasks } from '../../support/tasks'
import { signIn, useApp } from '#testing'

const waiting = task({ name: 'alert.waiting', title: 'Wait', payload: z.object({}), queue: 'alert-full' })
const broken = task({ name: 'alert.broken', title: 'Fail', payload: z.object({}), attempts: 1 })

useApp(
  module({
    name: 'alert-tasks',
    version: '1.0.0',
    tasks: [
      runs(waiting, async () => null),
      runs(broken, async () => {
        throw new Error('never works')
      }),
    ],
  }),
)
forgetTasks()

const heard: TaskAlertEvent[] = []
let end = () => {}
beforeAll(async () => {
  // What other test files have left.
  await alertCrud.purge(reader(), {})
  end = onTaskEvent({ alerted: (alert) => void heard.push(alert) })
})
afterAll(() => end())

const of = (kind: string) => heard.filter((alert) => alert.kind === kind)

async function listed(kind: string) {
  const { data } = await (await signIn({ can: ['sys:task:monitor'] })).get('/tasks/alerts')
  return data.filter((one: { kind: string }) => one.kind === kind)
}

/** As several processes do at the same moment. */
const checkedByMany = async () => void (await Promise.all([checkAlerts(), checkAlerts(), checkAlerts()]))

it('a queue that grows too long raises one alert, and clears it once it is short again', async () => {
  for (let n = 0; n < 4; n += 1) await ask(waiting, {}, { delay: 3600 })

  await checkedByMany()
  await checkAlerts()

  expect(of('queue_long')).toEqual([{ kind: 'queue_long', subject: 'alert-full', amount: 4, raised: true }])
  expect(await listed('queue_long')).toEqual([expect.objectContaining({ subject: 'alert-full', amount: 4 })])

  await outboxCrud.purge(reader(), {})
  await checkedByMany()

  expect(of('queue_long')).toHaveLength(2)
  expect(of('queue_long')[1]).toMatchObject({ subject: 'alert-full', raised: false })
  expect(await listed('queue_long')).toEqual([])
})

it('more failures than usual raise an alert', async () => {
  for (let n = 0; n < 3; n += 1) await ending(await ask(broken, {}))

  await checkedByMany()

  expect(of('many_failures')).toEqual([{ kind: 'many_failures', subject: '', amount: 3, raised: true }])
})
