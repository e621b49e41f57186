import '../../../support/web-only'
import { env, module, reader, runs, task, z } from '#core'
import { scheduleCrud } from '../../../../src/app/task/crud/schedule'
import { seededCrud } from '../../../../src/app/task/crud/tick'
import { Seeder } from '../../../../src/app/task/service/schedule/seed'
import { unique, useApp } from '#testing'

const name = unique('seed')
const nightly = task({
  ...{
    name: `test.${name}`,
    title: `Every night ${name}`,
    payload: z.object({ word: z.string().optional() }),
  },
  ...{ cron: '0 3 * * *', schedule: { kwargs: { word: 'a' }, expire_seconds: 60 } },
})
const broken = task({
  name: `test.broken-${name}`,
  title: `b ${name}`,
  payload: z.object({}),
  cron: '0 3 * *',
})

useApp(
  module({
    name: 'test-tasks',
    version: '1.0.0',
    tasks: [runs(broken, async () => null), runs(nightly, async () => null)],
  }),
)

beforeEach(async () => {
  await scheduleCrud.purge(reader(), {})
  await seededCrud.purge(reader(), {})
})

const seeded = () => scheduleCrud.first(reader(), { name: nightly.title })

it('a task brings its schedule along once, however many schedulers start at the same time', async () => {
  await Promise.all([new Seeder().seed(), new Seeder().seed(), new Seeder().seed()])

  expect(await seeded()).toMatchObject({
    ...{ task: nightly.name, type: 1, crontab: '0 3 * * *', enabled: true },
    ...{ kwargs: '{"word":"a"}', args: null, expire_seconds: 60, next_run_time: expect.any(Date) },
  })
})

it('what operators changed stays changed, and what they deleted stays deleted', async () => {
  await new Seeder().seed()
  const row = await seeded()
  await scheduleCrud.update(reader(), row?.id ?? '', { crontab: '0 5 * * *' })
  await new Seeder().seed()
  expect((await seeded())?.crontab).toBe('0 5 * * *')

  await scheduleCrud.remove(reader(), [row?.id ?? ''])
  await new Seeder().seed()

  expect(await seeded()).toBeNull()
})

it('the built-in schedules have the names and times of the contract; those for show are off', async () => {
  await new Seeder().seed()
  const rows = await scheduleCrud.all(reader())
  const shown = (title: string) => {
    const row = rows.find((one) => one.name === title)
    return row && [row.task, row.crontab, row.enabled, row.interval_every, row.interval_period]
  }

  expect(env.ENVIRONMENT).toBe('dev')
  expect(shown('清理操作日志')).toEqual(['admin.purge-opera-logs', '0 0 * * 6', true, null, null])
  expect(shown('清理登录日志')).toEqual(['admin.purge-login-logs', '0 0 15 * *', true, null, null])
  expect(shown('celery.backend_cleanup')).toEqual(['task.purge-results', '0 4 * * *', true, null, null])
  expect(shown('测试同步任务')).toEqual(['task_demo', '* * * * *', false, 30, 'seconds'])
  expect(shown('测试异步任务')).toEqual(['task_demo_async', '1 * * * *', false, null, null])
  expect(rows.find((row) => row.name === '测试传参任务')).toMatchObject({
    ...{ task: 'task_demo_params', args: '["你好，"]', kwargs: '{"world":"世界"}' },
    ...{ enabled: false, next_run_time: null },
  })
})
