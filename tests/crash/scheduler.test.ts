import '../support/web-only'
import { setTimeout as pause } from 'node:timers/promises'
import { outboxCrud } from '../../src/app/task/crud/outbox'
import { resultCrud } from '../../src/app/task/crud/result'
import { env } from '../../src/config/env'
import { reader } from '../../src/infra/database'
import { connectRedis } from '../../src/infra/redis'
import { buildSchedule, forgetSchedules, reachesTicks, scheduleOf, ticksOf } from '../support/schedules'
import { forgetTasks } from '../support/tasks'
import { signIn, unique, useApp } from '#testing'
import { WorkerProcess } from './worker-process'
import { counting, crashTasks } from './worker-tasks'

// Before `useApp()`, whose own end closes Redis: thousands of jobs that nobody wants any more would keep the workers of
// the next test file busy.
afterAll(async () => {
  const broker = connectRedis('subscriber', env.CELERY_BROKER_REDIS_DATABASE)
  await broker.flushdb()
  broker.disconnect()
})

// Nobody but the three processes looks after schedules, and nobody runs tasks.
useApp(crashTasks)
forgetTasks()
forgetSchedules()

const scheduler = () => new WorkerProcess({ ROLES: 'scheduler' })
const schedulers = [scheduler(), scheduler(), scheduler()] as const
afterEach(() => Promise.all(schedulers.map((one) => one.end('SIGKILL'))))

const SCHEDULES = 40
const TICKS = 20
const SECOND_MS = 1000

/** A schedule that is due every second, and must not lose one. */
const everySecond = (base: Date) =>
  buildSchedule({
    ...{ task: counting.name, kwargs: JSON.stringify({ word: unique('s') }) },
    ...{ type: 0, interval_every: 1, interval_period: 'seconds', crontab: null },
    ...{ catch_up: 'all', catch_up_seconds: 3600 },
    ...{ base_time: base, next_run_time: new Date(base.getTime() + SECOND_MS) },
  })

it('three schedulers that are killed again and again send every tick once, and lose none', async () => {
  const base = new Date(Date.now() + 2 * SECOND_MS)
  const rows = await Promise.all(Array.from({ length: SCHEDULES }, () => everySecond(base)))
  await Promise.all(schedulers.map((one) => one.start()))

  for (let kills = 0; kills < 6; kills += 1) {
    await pause(500 + Math.random() * 1000)
    const victim = schedulers[kills % 2 === 0 ? 0 : 1]
    await victim.end('SIGKILL')
    await victim.start()
  }
  for (const { id } of rows) await reachesTicks(id, TICKS)
  await Promise.all(schedulers.map((one) => one.end('SIGTERM')))

  for (const { id } of rows) {
    const ticks = await ticksOf(id)
    const seconds = ticks.map((tick) => (tick.due_time.getTime() - base.getTime()) / SECOND_MS)
    expect(seconds).toEqual(ticks.map((_, at) => at + 1))
    expect(new Set(ticks.map((tick) => tick.outcome))).toEqual(new Set(['dispatched']))
    const tasks = await resultCrud.find(reader(), { where: { schedule_id: id } })
    expect(tasks.map((one) => one.task_id).sort()).toEqual(ticks.map((tick) => tick.task_id).sort())
    expect(await outboxCrud.count(reader(), { schedule_id: id })).toBe(ticks.length)
    expect((await scheduleOf(id)).total_run_count).toBe(ticks.length)
  }
}, 180_000)

it('an edit takes effect in a scheduler that runs already', async () => {
  const editor = await signIn({ can: ['sys:task:edit'] })
  const yearly = { task: counting.name, kwargs: '{"word":"a"}', crontab: '0 0 1 1 *' }
  const row = await buildSchedule({ ...yearly, next_run_time: new Date(Date.now() + 86_400_000) })
  await schedulers[0].start()

  const change = { name: row.name, task: row.task, type: 1, start_time: new Date().toISOString() }
  expect(await editor.put(`/schedulers/${row.id}`, change)).toSucceed()

  expect(await reachesTicks(row.id, 1)).toEqual([expect.objectContaining({ outcome: 'dispatched' })])
  await schedulers[0].end('SIGTERM')
}, 60_000)
