import { forgetJobs, pushJobs, queueLength } from '../../src/infra/queue'
import { nextId } from '../../src/infra/ids'
import { useApp } from '#testing'

useApp()

it('all jobs of all queues are forgotten at once', async () => {
  const due_time = new Date(Date.now() + 3_600_000)
  for (const queue of ['one', 'other']) await pushJobs([{ id: nextId(), name: 'test.job', queue, due_time }])
  expect((await queueLength('one')).delayed).toBe(1)

  expect(await forgetJobs()).toBeGreaterThan(1)
  expect((await queueLength('one')).delayed).toBe(0)
  expect((await queueLength('other')).delayed).toBe(0)
})
