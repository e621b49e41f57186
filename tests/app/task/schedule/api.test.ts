import { module, reader, redis, runs, task, z } from '#core'
import { operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { scheduleCrud } from '../../../../src/app/task/crud/schedule'
import { resultCrud } from '../../../../src/app/task/crud/result'
import { forgetTasks } from '../../../support/tasks'
import { buildSchedule, forgetSchedules, reachesTicks, scheduleOf } from '../../../support/schedules'
import { signIn, unique, useApp } from '#testing'

const Word = z.object({
  word: z.string(),
  second: z.string().optional(),
  pin: z.string().optional().meta({ secret: true }),
})
const plain = task({ name: 'test.plain', title: 'Say a word', payload: Word, positional: ['word'] })

useApp(
  module({ name: 'test-tasks', version: '1.0.0', tasks: [runs(plain, async (_call, { word }) => word)] }),
)

forgetTasks()
forgetSchedules()

const editor = () => signIn({ can: ['sys:task:add', 'sys:task:edit', 'sys:task:del', 'sys:task:exec'] })
const daily = () => ({
  name: unique('daily'),
  task: 'test.plain',
  type: 1,
  crontab: '0 4 * * *',
  args: '["a"]',
  kwargs: '',
})
const WORKERS = 'fba:celery:workers'
const refused = async (user: Awaited<ReturnType<typeof editor>>, wrong: object) => {
  const { status, data } = await user.post('/schedulers', { ...daily(), ...wrong })
  return [status, data.errors[0].loc[1]]
}
const named = async (name: string) => {
  const row = await scheduleCrud.first(reader(), { name })
  if (!row) throw new Error(`no schedule ${name}`)
  return row
}

describe('POST /schedulers', () => {
  it('makes a schedule that is switched on, with its arguments as text', async () => {
    const user = await editor()
    const body = daily()

    expect(await user.post('/schedulers', body)).toSucceed()

    const row = await named(body.name)
    const { data } = await user.get(`/schedulers/${row.id}`)
    expect(data).toMatchObject({
      ...{ id: row.id, name: body.name, type: 1, crontab: '0 4 * * *', args: '["a"]', kwargs: null },
      ...{ enabled: true, total_run_count: 0, last_run_time: null, one_off: false, queue: null },
    })
    expect(data.next_run_time).toMatch(/ 04:00:00$/)
  })

  it('takes arguments that are no text too, and shows them as text', async () => {
    const user = await editor()
    const body = { ...daily(), args: ['a'], kwargs: { second: 'b' } }

    expect(await user.post('/schedulers', body)).toSucceed()

    const row = await named(body.name)
    expect((await user.get(`/schedulers/${row.id}`)).data).toMatchObject({
      args: '["a"]',
      kwargs: '{"second":"b"}',
    })
  })

  it.each([
    ['four fields', { crontab: '0 4 * *' }, 400, 'crontab'],
    ['a date that never comes', { crontab: '0 0 31 2 *' }, 400, 'crontab'],
    ['two blanks', { crontab: '0  4 * * *' }, 400, 'crontab'],
    [
      'an interval of nothing',
      { type: 0, interval_every: 0, interval_period: 'hours' },
      422,
      'interval_every',
    ],
    ['an interval without a period', { type: 0, interval_every: 1 }, 422, 'interval_period'],
    ['a microsecond', { type: 0, interval_every: 1, interval_period: 'microseconds' }, 422, 'interval_every'],
    ['a zone that does not exist', { timezone: 'Mars/Base' }, 422, 'timezone'],
    ['a queue that nobody serves', { queue: 'nowhere' }, 422, 'queue'],
    ['a task that nobody knows', { task: 'no.such.task' }, 422, 'task'],
    ['arguments that are no JSON', { args: '["a"' }, 422, 'args'],
    ['arguments that are no list', { args: '{"a":1}' }, 422, 'args'],
    ['named arguments that are a list', { kwargs: '[1]' }, 422, 'kwargs'],
    ['text that is nested too deep', { args: `${'['.repeat(20_000)}${']'.repeat(20_000)}` }, 422, 'args'],
    [
      'an object in text that is nested too deep',
      { kwargs: `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}` },
      422,
      'kwargs',
    ],
    ['too many arguments', { args: '["a","b"]' }, 422, 'args'],
    ['arguments that do not fit', { args: '[1]' }, 422, 'kwargs'],
    ['everything to be caught up with, for ever', { catch_up: 'all' }, 422, 'catch_up_seconds'],
    ['no time at all', { start_time: 'tomorrow' }, 422, 'start_time'],
    [
      'an end before the start',
      { start_time: '2030-01-02 00:00:00', expire_time: '2030-01-01 00:00:00' },
      422,
      'expire_time',
    ],
  ])('refuses %s, and makes nothing', async (_what, wrong, status, field) => {
    const user = await editor()
    const body = { ...daily(), ...wrong }

    const answer = await user.post('/schedulers', body)

    expect({ status: answer.status, code: answer.code }).toEqual({ status, code: status })
    expect(answer.data.errors[0].loc.slice(0, 2)).toEqual(['body', field])
    expect(await scheduleCrud.exists(reader(), { name: body.name })).toBe(false)
  })

  it('refuses a task and a queue that nobody knows, also when no worker lives', async () => {
    const user = await editor()
    const names = await redis().smembers(WORKERS)
    await redis().del(WORKERS)

    const [task, queue] = [{ task: 'no.such.task' }, { queue: 'nowhere' }]
    const [noTask, noQueue] = [await refused(user, task), await refused(user, queue)]
    const good = await user.post('/schedulers', daily())

    await redis().sadd(WORKERS, ...names)
    expect([noTask, noQueue]).toEqual([
      [422, 'task'],
      [422, 'queue'],
    ])
    expect(good).toSucceed()
  })

  it('refuses two expiries and a name that is taken', async () => {
    const user = await editor()
    const body = { ...daily(), expire_time: '2035-01-01T00:00:00Z', expire_seconds: 60 }
    const taken = await buildSchedule()

    expect(await user.post('/schedulers', body)).toFail(409, 'scheduler.two_expiries')
    expect(await user.post('/schedulers', { ...daily(), name: taken.name })).toFail(
      409,
      'scheduler.name_taken',
    )
  })
})

describe('PUT /schedulers/:pk', () => {
  it('changes what is given and leaves the rest', async () => {
    const user = await editor()
    const { id, ...row } = await buildSchedule({ queue: 'celery', remark: 'keep', args: '["a"]' })

    const body = { name: row.name, task: row.task, type: 0, interval_every: '90', interval_period: 'minutes' }
    expect(await user.put(`/schedulers/${id}`, body)).toSucceed()

    const { data } = await user.get(`/schedulers/${id}`)
    expect(data).toMatchObject({
      type: 0,
      interval_every: 90,
      queue: 'celery',
      remark: 'keep',
      args: '["a"]',
    })
    expect(data.updated_time).not.toBeNull()
  })

  it('checks what comes of it, not only what is given', async () => {
    const user = await editor()
    const row = await buildSchedule({ expire_seconds: 60, args: '["a"]' })
    const same = { name: row.name, task: row.task, type: 1 }

    const late = { ...same, expire_time: '2035-01-01T00:00:00Z' }
    expect(await user.put(`/schedulers/${row.id}`, late)).toFail(409, 'scheduler.two_expiries')

    expect((await scheduleOf(row.id)).expire_time).toBeNull()
  })

  it('a change that is not about times does not postpone the next run', async () => {
    const user = await editor()
    const next = new Date(Date.now() + 3_600_000)
    const hourly = { type: 0, interval_every: 1, interval_period: 'days', args: '["a"]' }
    const row = await buildSchedule({ ...hourly, next_run_time: next })

    await user.put(`/schedulers/${row.id}`, { name: row.name, task: row.task, type: 0, remark: 'new' })

    expect((await scheduleOf(row.id)).next_run_time).toEqual(next)
  })

  it('answers 404 for a schedule that is not there', async () => {
    const user = await editor()

    expect(await user.put('/schedulers/1', daily())).toFail(404, 'scheduler.not_found')
    expect(await user.put('/schedulers/1/status')).toFail(404, 'scheduler.not_found')
    expect(await user.delete('/schedulers/1')).toFail(404, 'scheduler.not_found')
    expect(await user.get('/schedulers/1')).toFail(404, 'scheduler.not_found')
    expect(await user.post('/schedulers/1/execute')).toFail(404, 'scheduler.not_found')
    expect(await user.get('/schedulers/1/next')).toFail(404, 'scheduler.not_found')
    expect(await user.get('/schedulers/1/ticks')).toFail(404, 'scheduler.not_found')
  })
})

describe('PUT /schedulers/:pk/status', () => {
  it('switches off and on again', async () => {
    const user = await editor()
    const { id } = await buildSchedule({ crontab: '0 4 * * *', args: '["a"]' })

    await user.put(`/schedulers/${id}/status`)
    expect(await scheduleOf(id)).toMatchObject({ enabled: false, next_run_time: null })

    await user.put(`/schedulers/${id}/status`)
    expect(await scheduleOf(id)).toMatchObject({ enabled: true, next_run_time: expect.any(Date) })
  })
})

describe('GET /schedulers', () => {
  it('filters by a part of the name and by type, in order of id', async () => {
    const user = await signIn()
    const part = unique('part')
    const rows = [
      await buildSchedule({ name: `${part}-1` }),
      await buildSchedule({ name: `x-${part}`, type: 0, interval_every: 1, interval_period: 'days' }),
      await buildSchedule({ name: `y-${part}-2` }),
    ]
    const idsOf = (items: { id: string }[]) => items.map((item) => item.id)

    const found = await user.get(`/schedulers?name=${part}`)
    const cron = await user.get(`/schedulers?name=${part}&type=1`)
    const all = await user.get('/schedulers/all')

    expect(idsOf(found.data.items)).toEqual(rows.map((row) => row.id))
    expect(idsOf(cron.data.items)).toEqual([rows[0]?.id, rows[2]?.id])
    expect(idsOf(all.data)).toEqual(expect.arrayContaining(rows.map((row) => row.id)))
  })
})

describe('secrets in arguments', () => {
  it('are shown to whoever may edit schedules, and to nobody else', async () => {
    const [stranger, user] = [await signIn(), await editor()]
    const kwargs = '{"word":"a","pin":"1234","api_key":"k"}'
    const [{ id }, broken] = [await buildSchedule({ kwargs }), await buildSchedule({ args: '["1234"' })]
    const shown = async (by: typeof user, path: string) => (await by.get(path)).data

    expect((await shown(user, `/schedulers/${id}`)).kwargs).toBe(kwargs)
    const masked = '{"word":"a","pin":"******","api_key":"******"}'
    expect(await shown(stranger, `/schedulers/${id}`)).toMatchObject({ args: null, kwargs: masked })
    for (const path of ['/schedulers/all', '/schedulers?size=200'])
      expect(JSON.stringify(await shown(stranger, path))).not.toContain('1234')
    expect((await shown(stranger, `/schedulers/${broken.id}`)).args).toBe('******')
  })

  it('are not kept in the operation log', async () => {
    const user = await editor()
    const body = { ...daily(), args: '', kwargs: '{"word":"a","pin":"pin-of-the-log"}' }
    await user.post('/schedulers', body)
    const { id } = await named(body.name)
    await user.put(`/schedulers/${id}`, { ...body, kwargs: '{"word":"b","pin":"pin-of-the-log"}' })

    const where = { username: user.user.username, title: ['Create a schedule', 'Update a schedule'] }
    const rows = await operaLogCrud.find(reader(), { where, order: ['id'] })

    expect(rows.map((row) => row.title)).toEqual(where.title)
    expect(JSON.stringify(rows)).toContain(body.name)
    expect(JSON.stringify(rows)).not.toContain('pin-of-the-log')
  })
})

describe('DELETE /schedulers/:pk', () => {
  it('deletes it', async () => {
    const user = await editor()
    const { id } = await buildSchedule()

    expect(await user.delete(`/schedulers/${id}`)).toSucceed()

    expect(await scheduleCrud.get(reader(), id)).toBeNull()
  })
})

describe('POST /schedulers/:pk/execute', () => {
  it('runs the task now, and leaves queue, counters and state alone', async () => {
    const user = await editor()
    const kwargs: object = { word: 'now' }
    const row = await buildSchedule({ enabled: false, queue: 'elsewhere', kwargs })

    const answer = await user.post(`/schedulers/${row.id}/execute`)

    expect(answer).toSucceed()
    expect(answer.data).toBeNull()
    const result = await resultCrud.first(reader(), { schedule_id: row.id })
    expect(result).toMatchObject({ name: 'test.plain', queue: 'celery', kwargs: '{"word":"now"}' })
    expect(await scheduleOf(row.id)).toMatchObject({
      ...{ enabled: false, total_run_count: 0, last_run_time: null },
    })
  })

  it('answers 500 when no worker lives, before it looks for the schedule', async () => {
    const user = await editor()
    const names = await redis().smembers(WORKERS)
    await redis().del(WORKERS)

    expect(await user.post('/schedulers/1/execute')).toFail(500, 'task.no_worker')

    await redis().sadd(WORKERS, ...names)
  })

  it('answers 400 for stored arguments that are no JSON', async () => {
    const user = await editor()
    const row = await buildSchedule({ args: '[1' })

    expect(await user.post(`/schedulers/${row.id}/execute`)).toFail(400, 'scheduler.arguments_broken', {
      field: 'args',
    })
  })
})

describe('the next times', () => {
  it('of a draft, by the clock of its zone', async () => {
    const user = await signIn()

    const body = { type: 1, crontab: '30 9 * * 1', timezone: 'Europe/Berlin' }
    const { data } = await user.post('/schedulers/next', body)

    expect(data.timezone).toBe('Europe/Berlin')
    expect(data.times).toHaveLength(10)
    for (const { local_time } of data.times) {
      expect(local_time).toMatch(/ 09:30:00$/)
      expect(new Date(`${local_time.slice(0, 10)}T00:00:00Z`).getUTCDay()).toBe(1)
    }
  })

  it('of a stored schedule, up to its expiry, and none while it is off', async () => {
    const user = await signIn()
    const next = new Date('2035-01-01T00:00:00Z')
    const expire_time = new Date('2035-01-01T00:03:00Z')
    const on = await buildSchedule({ next_run_time: next, expire_time })
    const off = await buildSchedule({ enabled: false })

    expect((await user.get(`/schedulers/${on.id}/next`)).data.times).toEqual([
      { time: '2035-01-01 08:00:00', local_time: '2035-01-01 08:00:00' },
      { time: '2035-01-01 08:01:00', local_time: '2035-01-01 08:01:00' },
      { time: '2035-01-01 08:02:00', local_time: '2035-01-01 08:02:00' },
    ])
    expect((await user.get(`/schedulers/${off.id}/next`)).data.times).toEqual([])
  })
})

it('a schedule that was just made fires, and shows what came of it', async () => {
  const user = await editor()
  const start_time = new Date(Date.now() - 1000).toISOString()
  const body = { ...daily(), start_time }

  await user.post('/schedulers', body)
  const { id } = await named(body.name)
  const [tick] = await reachesTicks(id, 1)

  const { data } = await user.get(`/schedulers/${id}/ticks`)
  expect(data.items).toEqual([
    expect.objectContaining({ schedule_id: id, outcome: 'dispatched', task_id: tick?.task_id, reason: null }),
  ])
  expect(await scheduleOf(id)).toMatchObject({ total_run_count: 1, last_run_time: expect.any(Date) })
  expect(await resultCrud.byTaskId(reader(), tick?.task_id ?? '')).toMatchObject({ schedule_id: id })
})
