import '../../../support/web-only'
import { module, now, reader, runs, systemCall, task, z } from '#core'
import { outboxCrud } from '../../../../src/app/task/crud/outbox'
import { resultCrud } from '../../../../src/app/task/crud/result'
import { scheduleCrud } from '../../../../src/app/task/crud/schedule'
import { dispatchDue } from '../../../../src/app/task/service/schedule/dispatch'
import { releaseHeld } from '../../../../src/app/task/service/schedule/held'
import { toggle } from '../../../../src/app/task/service/schedule/schedule'
import { setBackAhead } from '../../../../src/app/task/service/schedule/scheduler'
import { setClock } from '../../../../src/infra/clock'
import { forgetTasks } from '../../../support/tasks'
import { buildSchedule, forgetSchedules, scheduleOf, ticksOf } from '../../../support/schedules'
import { useApp } from '#testing'

const Word = z.object({ word: z.string().optional() })
const plain = task({ name: 'test.plain', title: 'Say', payload: Word, positional: ['word'], queue: 'talk' })
const once = task({ name: 'test.once', title: 'One at a time', payload: Word, unique: true })

// Nobody runs tasks or looks after schedules here but the tests.
useApp(
  module({
    name: 'test-tasks',
    version: '1.0.0',
    tasks: [runs(plain, async () => null), runs(once, async () => null)],
  }),
)
forgetTasks()
forgetSchedules()

const NOON = new Date('2031-05-05T12:00:00Z')
const after = (seconds: number) => new Date(NOON.getTime() + seconds * 1000)

beforeEach(async () => {
  setClock(NOON)
  await scheduleCrud.updateWhere(reader(), {}, { next_run_time: null })
})
afterEach(() => setClock())

/** A schedule that is due at noon, and every minute from then on. */
const due = (values: Parameters<typeof buildSchedule>[0] = {}) =>
  buildSchedule({ base_time: after(-60), next_run_time: NOON, timezone: 'UTC', ...values })

const tasksOf = (id: string) => resultCrud.find(reader(), { where: { schedule_id: id }, order: ['id'] })
const outcomesOf = async (id: string) => (await ticksOf(id)).map(({ outcome, reason }) => [outcome, reason])

/** As when a worker has done them. */
async function finishAll(id: string): Promise<void> {
  await outboxCrud.removeWhere(reader(), { schedule_id: id })
}

/** Lets the clock run and the scheduler look, second by second. */
async function pass(...seconds: number[]): Promise<void> {
  for (const second of seconds) {
    setClock(after(second))
    await setBackAhead()
    await releaseHeld()
    while ((await dispatchDue()) > 0);
  }
}

it('a tick, its task and the counters come together', async () => {
  const { id } = await due({ args: '["a"]', kwargs: null, expire_seconds: 90 })

  await pass(1)

  const [accepted] = await tasksOf(id)
  expect(accepted).toMatchObject({ name: 'test.plain', queue: 'talk', args: '["a"]', status: 'PENDING' })
  expect(accepted?.expire_time).toEqual(after(91))
  expect(accepted?.tick_time).toEqual(NOON)
  expect(await ticksOf(id)).toEqual([
    expect.objectContaining({ due_time: NOON, outcome: 'dispatched', task_id: accepted?.task_id }),
  ])
  expect(await scheduleOf(id)).toMatchObject({
    ...{ total_run_count: 1, last_run_time: after(1), base_time: NOON, next_run_time: after(60) },
  })
  expect(await outboxCrud.exists(reader(), { id: accepted?.id ?? '' })).toBe(true)
})

it('several schedulers at the same time send each tick once', async () => {
  const rows = await Promise.all(Array.from({ length: 30 }, () => due()))
  setClock(after(1))

  const dealt = await Promise.all([dispatchDue(), dispatchDue(), dispatchDue(), dispatchDue(10)])

  while ((await dispatchDue()) > 0);
  expect(dealt.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(30)
  for (const { id } of rows) {
    expect(await tasksOf(id)).toHaveLength(1)
    expect(await ticksOf(id)).toHaveLength(1)
  }
})

it('a tick that is recorded already is not sent again, and keeps nobody from the others', async () => {
  const [again, fresh] = [await due(), await due()]
  await pass(1)
  const set = { next_run_time: NOON, base_time: after(-60) }
  await scheduleCrud.updateWhere(reader(), { id: [again.id, fresh.id] }, set)
  const other = await due()

  await pass(2)

  expect(await tasksOf(again.id)).toHaveLength(1)
  expect(await tasksOf(other.id)).toHaveLength(1)
  expect((await scheduleOf(again.id)).next_run_time).toEqual(after(60))
})

it('a schedule that runs once is switched off by its run, and keeps its count', async () => {
  const { id } = await due({ one_off: true })

  await pass(1, 61, 121)

  expect(await tasksOf(id)).toHaveLength(1)
  expect(await scheduleOf(id)).toMatchObject({ enabled: false, next_run_time: null, total_run_count: 1 })
})

it('a schedule that has expired is switched off, and says so', async () => {
  const { id } = await due({ expire_time: after(90) })

  await pass(1, 61, 121)

  expect(await outcomesOf(id)).toEqual([
    ['dispatched', null],
    ['dispatched', null],
    ['missed', 'expired'],
  ])
  expect(await scheduleOf(id)).toMatchObject({ enabled: false, next_run_time: null })
})

describe('a schedule that cannot be sent', () => {
  it.each([
    ['its task was removed', { task: 'test.gone' }, 'task_unknown'],
    ['its arguments are no JSON', { args: '[1' }, 'arguments_broken'],
    ['its arguments do not fit', { args: '[1]' }, 'payload_invalid'],
  ])('is skipped with its reason, and goes on: %s', async (_why, values, reason) => {
    const [bad, good] = [await due(values), await due()]

    await pass(1)

    expect(await outcomesOf(bad.id)).toEqual([['skipped', reason]])
    expect(await scheduleOf(bad.id)).toMatchObject({
      ...{ problem: reason, enabled: true, total_run_count: 0, next_run_time: after(60) },
    })
    expect(await tasksOf(good.id)).toHaveLength(1)
  })

  it.each([
    ['a crontab', { crontab: '0 0 31 2 *' }],
    ['a zone', { timezone: 'Mars/Base' }],
    ['an interval', { type: 0, interval_every: 0, interval_period: 'hours' }],
  ])('waits for somebody to edit it: %s that cannot be read', async (_what, values) => {
    const [bad, good] = [await due(values), await due()]

    await pass(1)

    expect(await outcomesOf(bad.id)).toEqual([['skipped', 'timing_broken']])
    expect(await scheduleOf(bad.id)).toMatchObject({ problem: 'timing_broken', next_run_time: null })
    expect(await tasksOf(good.id)).toHaveLength(1)
  })

  it('keeps nobody from the others, whatever the database has against it', async () => {
    const [bad, good] = [await due({ queue: 'q'.repeat(200) }), await due()]

    await pass(1)

    expect(await tasksOf(good.id)).toHaveLength(1)
    const [tick] = await ticksOf(bad.id)
    // SQLite minds no length.
    expect(['dispatched', 'skipped']).toContain(tick?.outcome)
    expect((await scheduleOf(bad.id)).next_run_time).toEqual(after(60))
  })

  it('shows no fault any more once it was sent', async () => {
    const { id } = await due({ problem: 'task_unknown' })

    await pass(1)

    expect((await scheduleOf(id)).problem).toBeNull()
  })
})

describe('while the task before is not finished', () => {
  it('another one is sent', async () => {
    const { id } = await due()

    await pass(1, 61)

    expect(await tasksOf(id)).toHaveLength(2)
  })

  it('the tick is skipped', async () => {
    const { id } = await due({ overlap: 'skip' })

    await pass(1, 61)
    await finishAll(id)
    await pass(121)

    expect(await outcomesOf(id)).toEqual([
      ['dispatched', null],
      ['skipped', 'overlap'],
      ['dispatched', null],
    ])
    expect((await scheduleOf(id)).total_run_count).toBe(2)
  })

  it('one tick waits for its end, and the next ones are skipped', async () => {
    const { id } = await due({ overlap: 'queue_one' })

    await pass(1, 61, 121)
    expect(await outcomesOf(id)).toEqual([
      ['dispatched', null],
      ['held', 'held'],
      ['skipped', 'overlap'],
    ])
    await finishAll(id)
    await pass(130)

    expect((await outcomesOf(id))[1]).toEqual(['dispatched', null])
    expect(await tasksOf(id)).toHaveLength(2)
    expect((await scheduleOf(id)).total_run_count).toBe(2)
  })

  it('a tick that waits is let go when its schedule is switched off or deleted', async () => {
    const [off, gone] = [await due({ overlap: 'queue_one' }), await due({ overlap: 'queue_one' })]
    await pass(1, 61)
    await scheduleCrud.update(reader(), off.id, { enabled: false, next_run_time: null })
    await scheduleCrud.remove(reader(), [gone.id])
    for (const { id } of [off, gone]) await finishAll(id)

    await pass(62)

    for (const { id } of [off, gone]) expect((await outcomesOf(id))[1]).toEqual(['skipped', 'disabled'])
  })

  it('a tick that waits is let go when its schedule, which runs once, is switched off', async () => {
    const { id } = await due({ overlap: 'queue_one', one_off: true })
    await pass(1)
    await scheduleCrud.update(reader(), id, { enabled: true, next_run_time: after(60) })
    await pass(61)
    expect(await scheduleOf(id)).toMatchObject({ enabled: true, next_run_time: null })

    const call = systemCall(reader())
    await toggle(call, id)
    await finishAll(id)
    await pass(62)

    expect((await outcomesOf(id))[1]).toEqual(['skipped', 'disabled'])
    expect(await tasksOf(id)).toHaveLength(1)
  })

  it('a tick that waits is the only run of a schedule that runs once', async () => {
    const { id } = await due({ overlap: 'queue_one', one_off: true })
    await pass(1)
    await scheduleCrud.update(reader(), id, { enabled: true, next_run_time: after(60) })
    await pass(61)
    await finishAll(id)
    await pass(62, 121)

    expect(await tasksOf(id)).toHaveLength(2)
    expect(await scheduleOf(id)).toMatchObject({ enabled: false, next_run_time: null, total_run_count: 2 })
  })

  it('ticks that wait behind many busy schedules are begun all the same', async () => {
    const rows = []
    for (let n = 0; n < 5; n += 1) rows.push(await due({ overlap: 'queue_one' }))
    await pass(1, 61)
    const free = rows.at(-1)?.id ?? ''
    await finishAll(free)

    expect(await releaseHeld(2)).toBe(1)

    expect(await tasksOf(free)).toHaveLength(2)
  })

  it('the old one is cancelled', async () => {
    const { id } = await due({ overlap: 'cancel_old' })

    await pass(1, 61)

    expect((await tasksOf(id)).map((row) => row.status)).toEqual(['REVOKED', 'PENDING'])
    expect(await outcomesOf(id)).toEqual([
      ['dispatched', null],
      ['dispatched', null],
    ])
  })

  it('a task that must not be there twice leads to the one that is', async () => {
    const { id } = await due({ task: 'test.once' })

    await pass(1, 61)

    const ticks = await ticksOf(id)
    expect(ticks.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['dispatched', null],
      ['skipped', 'same_task'],
    ])
    expect(ticks[1]?.task_id).toBe(ticks[0]?.task_id)
    expect(await tasksOf(id)).toHaveLength(1)
  })
})

describe('a clock that jumps', () => {
  it('a day forward leads to one run, and one row for all that was missed', async () => {
    const { id } = await due()

    await pass(1, 86_401)

    const ticks = await ticksOf(id)
    expect(ticks).toHaveLength(3)
    expect(ticks[1]).toMatchObject({ outcome: 'missed', reason: 'caught_up', due_time: after(60) })
    expect(ticks[1]?.last_due_time).toEqual(after(86_340))
    expect(ticks[2]).toMatchObject({ outcome: 'dispatched', due_time: after(86_400) })
  })

  it('back again goes on at once, and sends no moment twice', async () => {
    const { id } = await due()
    await pass(1, 86_401, 86_461)
    const before = await tasksOf(id)
    expect(before).toHaveLength(3)

    await pass(62, 121, 181)
    expect(await tasksOf(id)).toHaveLength(5)
    await pass(86_401, 86_461, 86_521)

    const moments = (await ticksOf(id)).filter((tick) => tick.outcome === 'dispatched')
    const times = moments.map((tick) => tick.due_time.getTime())
    expect(times).toEqual([...new Set(times)])
    expect(times).toEqual([0, 120, 180, 86_400, 86_460, 86_520].map((second) => after(second).getTime()))
    expect(await tasksOf(id)).toHaveLength(times.length)
  })

  it('by less than a minute changes nothing', async () => {
    const { id } = await due()
    await pass(30)
    const before = await scheduleOf(id)

    await pass(-20)

    expect(await scheduleOf(id)).toEqual(before)
  })
})

it('a tick begins later by the jitter of its schedule, and no more', async () => {
  const rows = await Promise.all(Array.from({ length: 20 }, () => due({ jitter_seconds: 50 })))

  await pass(1)

  const waits = []
  for (const { id } of rows) {
    const [waiting] = await outboxCrud.find(reader(), { where: { schedule_id: id } })
    waits.push(((waiting?.due_time.getTime() ?? 0) - now().getTime()) / 1000)
  }
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...waits)).toBeLessThanOrEqual(50)
  expect(new Set(waits).size).toBeGreaterThan(1)
})

it('catching up with thousands goes on turn by turn, loses none and keeps nobody waiting', async () => {
  const secondly = { type: 0, interval_every: 1, interval_period: 'seconds' }
  const { id } = await due({
    ...secondly,
    ...{ next_run_time: after(-2599), catch_up: 'all', catch_up_seconds: 3600 },
  })
  const other = await due()
  setClock(after(1))

  await dispatchDue()
  expect(await tasksOf(other.id)).toHaveLength(1)
  expect(await resultCrud.count(reader(), { schedule_id: id })).toBe(1000)
  while ((await dispatchDue()) > 0);

  const ticks = await ticksOf(id)
  expect(ticks.map((tick) => tick.due_time)).toEqual(
    Array.from({ length: 2601 }, (_, at) => after(at - 2599)),
  )
  expect(new Set(ticks.map((tick) => tick.outcome))).toEqual(new Set(['dispatched']))
  expect(await scheduleOf(id)).toMatchObject({ total_run_count: 2601, next_run_time: after(2) })
}, 120_000)
