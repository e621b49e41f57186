import '../../support/web-only'
import '../../support/low-alerts'
import { module, onTaskEvent, reader, runs, task, z, type TaskAlertEvent } from '#core'
import { currentUser } from '../../../src/app/admin'
import { alertCrud } from '../../../src/app/task/crud/alert'
import { checkAlerts } from '../../../src/app/task/service/alert'
import { dispatchDue } from '../../../src/app/task/service/schedule/dispatch'
import { Lifecycle } from '../../../src/core/lifecycle'
import { startWorker } from '../../../src/core/worker'
import { forgetTasks } from '../../support/tasks'
import { buildSchedule, forgetSchedules } from '../../support/schedules'
import { useApp } from '#testing'

const plain = task({ name: 'test.plain', title: 'Say', payload: z.object({}) })

// Neither workers nor schedulers run but those of the tests.
useApp(module({ name: 'alert-tasks', version: '1.0.0', tasks: [runs(plain, async () => null)] }))
forgetTasks()
forgetSchedules()

const heard: TaskAlertEvent[] = []
let end = () => {}
beforeAll(() => {
  end = onTaskEvent({ alerted: (alert) => void heard.push(alert) })
})
// Also each other's: without a worker there is an alert about that in every test.
beforeEach(() => alertCrud.purge(reader(), {}))
afterAll(() => end())

const LONG_ENOUGH = 3600

/** As several processes do at the same moment, again and again. @returns what was told of this kind */
async function told(kind: string, uptime = LONG_ENOUGH): Promise<TaskAlertEvent[]> {
  heard.length = 0
  for (let round = 0; round < 2; round += 1)
    await Promise.all([checkAlerts(uptime), checkAlerts(uptime), checkAlerts(uptime)])
  return heard.filter((alert) => alert.kind === kind)
}

it('without a worker one alert is raised, but not by who has just started, and the first worker clears it', async () => {
  const lifecycle = new Lifecycle()
  const alert = { kind: 'no_worker', subject: '', amount: 0 }

  expect(await told('no_worker', 5)).toEqual([])
  expect(await told('no_worker')).toEqual([{ ...alert, raised: true }])
  expect(await told('no_worker', 5)).toEqual([])
  await startWorker(lifecycle, { currentUser })
  expect(await told('no_worker')).toEqual([{ ...alert, raised: false }])

  await lifecycle.stop()
  expect(await told('no_worker')).toEqual([{ ...alert, raised: true }])
})

it('a schedule that nobody sends raises one alert, and sending it clears that once', async () => {
  const anHourAgo = new Date(Date.now() - 3_600_000)
  const { id } = await buildSchedule({ base_time: anHourAgo, next_run_time: anHourAgo })
  await buildSchedule({ next_run_time: new Date(Date.now() + 3_600_000) })

  const [late, ...others] = await told('schedule_late')
  expect(late).toMatchObject({ subject: id, raised: true })
  expect(late?.amount).toBeGreaterThanOrEqual(3600)
  expect(others).toEqual([])

  while ((await dispatchDue()) > 0);
  expect(await told('schedule_late')).toEqual([
    { kind: 'schedule_late', subject: id, amount: 0, raised: false },
  ])
})
