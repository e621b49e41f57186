import { module, now, reader, runs, task, z, type Call, type TaskRun } from '#core'
import { purgeOldTicks } from '../../../../src/app/task/service/retention'
import { resultCrud } from '../../../../src/app/task/crud/result'
import { tickCrud } from '../../../../src/app/task/crud/tick'
import { ending, forgetTasks } from '../../../support/tasks'
import { buildSchedule, forgetSchedules, scheduleOf, ticksOf } from '../../../support/schedules'
import { signIn, useApp } from '#testing'

const plain = task({ name: 'test.plain', title: 'Say', payload: z.object({}) })
const said = async (_call: Call, _payload: unknown, { schedule_id, tick_time }: TaskRun) => ({
  schedule_id,
  tick_time,
})

useApp(module({ name: 'test-tasks', version: '1.0.0', tasks: [runs(plain, said)] }))
forgetTasks()
forgetSchedules()

const operator = () => signIn({ can: ['sys:task:exec'] })
const hourly = () => buildSchedule({ crontab: '0 * * * *', timezone: 'UTC', enabled: false })
const at = (text: string) => new Date(`2025-06-01T${text}Z`)
const tick = (id: string, due: Date, values: object) => {
  const row = { schedule_id: id, due_time: due, outcome: 'dispatched', ...values }
  return tickCrud.append(reader(), [row])
}

describe('POST /schedulers/:pk/backfill', () => {
  it('runs what was missed in the range, and nothing twice', async () => {
    const user = await operator()
    const { id } = await hourly()
    await tick(id, at('02:00:00'), {})
    const gap = { outcome: 'missed', reason: 'too_late', ticks: 9, last_due_time: at('11:00:00') }
    await tick(id, at('03:00:00'), gap)
    const body = { from: '2025-06-01T00:30:00Z', to: '2025-06-01T05:00:00Z' }

    const { data } = await user.post(`/schedulers/${id}/backfill`, body)
    expect(data.ticks).toBe(5)
    expect((await ending(data.task_id)).result).toBe('{"dispatched":4,"skipped":1}')
    const again = await user.post(`/schedulers/${id}/backfill`, body)
    expect((await ending(again.data.task_id)).result).toBe('{"dispatched":0,"skipped":5}')

    const shown = (await ticksOf(id)).map(({ due_time, outcome, reason }) => [due_time, outcome, reason])
    expect(shown).toEqual([
      [at('01:00:00'), 'dispatched', 'backfill'],
      [at('02:00:00'), 'dispatched', null],
      [at('03:00:00'), 'dispatched', 'backfill'],
      [at('04:00:00'), 'dispatched', 'backfill'],
      [at('05:00:00'), 'dispatched', 'backfill'],
      [at('11:00:00'), 'missed', 'too_late'],
    ])
    expect(await resultCrud.count(reader(), { schedule_id: id })).toBe(4)
    expect(await scheduleOf(id)).toMatchObject({ total_run_count: 0, last_run_time: null })
  })

  it('tells each task for which due time it runs, also when that is run once more', async () => {
    const user = await signIn({ can: ['sys:task:exec', 'sys:task:retry'] })
    const { id } = await hourly()
    const body = { from: at('00:30:00'), to: at('01:30:00') }
    const asked = await user.post(`/schedulers/${id}/backfill`, body)
    await ending(asked.data.task_id)
    const [tick] = await ticksOf(id)

    const first = await ending(tick?.task_id ?? '')
    const again = await user.post(`/tasks/${first.task_id}/retry`)
    const second = await ending(again.data.task_id)
    const byHand = await user.post('/tasks/run', { task: 'test.plain' })

    const due = { schedule_id: id, tick_time: at('01:00:00') }
    for (const row of [first, second]) {
      expect(row).toMatchObject(due)
      expect(row.result).toBe(JSON.stringify(due))
    }
    expect((await ending(byHand.data.task_id)).result).toBe('{"schedule_id":null,"tick_time":null}')
  })

  it('keeps the rhythm of an interval before the schedule was made', async () => {
    const user = await operator()
    const base = { base_time: at('10:10:00'), next_run_time: null, enabled: false }
    const row = await buildSchedule({ type: 0, interval_every: 2, interval_period: 'hours', ...base })

    const body = { from: '2025-06-01T00:00:00Z', to: '2025-06-01T05:00:00Z' }
    const { data } = await user.post(`/schedulers/${row.id}/backfill`, body)
    await ending(data.task_id)

    const times = (await ticksOf(row.id)).map((one) => one.due_time)
    expect(times).toEqual([at('00:10:00'), at('02:10:00'), at('04:10:00')])
  })

  it.each([
    ['ends before it begins', '2025-06-02T00:00:00Z', '2025-06-01T00:00:00Z'],
    ['is not over yet', '2025-06-02T00:00:00Z', '2225-06-01T00:00:00Z'],
    ['holds no due time', '2025-06-01T00:10:00Z', '2025-06-01T00:50:00Z'],
    ['holds too many', '2005-06-01T00:10:00Z', '2025-06-01T00:50:00Z'],
  ])('refuses a range that %s', async (_what, from, to) => {
    const user = await operator()
    const { id } = await hourly()

    const answer = await user.post(`/schedulers/${id}/backfill`, { from, to })

    expect(answer.status).toBe(422)
    expect(answer.data.errors[0].loc).toEqual(['body', 'to'])
  })
})

it.each([
  ['a crontab', { crontab: '0 0 31 2 *' }, 400, 'crontab'],
  ['a zone', { timezone: 'Mars/Base' }, 422, 'timezone'],
  ['an interval', { type: 0, interval_every: 0, interval_period: 'hours' }, 422, 'interval_every'],
])('a backfill is refused where %s cannot be read', async (_what, values, status, field) => {
  const user = await operator()
  const { id } = await buildSchedule({ ...values, enabled: false })

  const answer = await user.post(`/schedulers/${id}/backfill`, { from: at('00:00:00'), to: at('05:00:00') })

  expect([answer.status, answer.data.errors[0].loc]).toEqual([status, ['body', field]])
})

describe('POST /schedulers/validate', () => {
  it('says what is wrong with a draft, or when it would be due', async () => {
    const user = await signIn()
    const draft = { name: 'x', task: 'test.plain', type: 1, crontab: '0 4 * * *' }

    const good = await user.post('/schedulers/validate?count=2', draft)
    const bad = await user.post('/schedulers/validate', { ...draft, crontab: '0 4 * * 8' })

    expect(good.data).toMatchObject({ valid: true, errors: [] })
    expect(good.data.next.times).toHaveLength(2)
    const deep = { ...draft, args: `${'['.repeat(20_000)}${']'.repeat(20_000)}` }
    const { data } = await user.post('/schedulers/validate', deep)
    expect(data).toMatchObject({ valid: false, errors: [{ field: 'args' }] })
    expect(bad.data).toMatchObject({ valid: false, next: null, errors: [{ field: 'crontab' }] })
  })

  it('looks at what a stored schedule would be after the change', async () => {
    const user = await signIn()
    const row = await buildSchedule({ expire_seconds: 5 })
    const change = { name: row.name, task: 'test.plain', type: 1, expire_time: '2035-01-01T00:00:00Z' }

    expect((await user.post(`/schedulers/validate?pk=${row.id}`, change)).data.valid).toBe(false)
    expect((await user.post('/schedulers/validate', { ...change, name: 'y' })).data.valid).toBe(true)
    expect(await user.post('/schedulers/validate?pk=1', change)).toFail(404, 'scheduler.not_found')
  })
})

it('ticks are kept as long as the settings say, and those still to come for ever', async () => {
  const { id } = await hourly()
  const days = (count: number) => ({ created_time: new Date(now().getTime() - count * 86_400_000) })
  await tick(id, at('01:00:00'), days(31))
  await tick(id, at('02:00:00'), { ...days(31), outcome: 'held' })
  await tick(id, at('03:00:00'), days(29))

  await purgeOldTicks()

  expect((await ticksOf(id)).map((one) => one.due_time)).toEqual([at('02:00:00'), at('03:00:00')])
})
