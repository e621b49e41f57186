import '../../../support/web-only'
import { module, now, reader, runs, task, z } from '#core'
import { outboxCrud } from '../../../../src/app/task/crud/outbox'
import { resultCrud } from '../../../../src/app/task/crud/result'
import { backfill } from '../../../../src/app/task/service/schedule/backfill'
import { dispatchDue } from '../../../../src/app/task/service/schedule/dispatch'
import { releaseHeld } from '../../../../src/app/task/service/schedule/held'
import { forgetTasks } from '../../../support/tasks'
import { buildSchedule, forgetSchedules, ticksOf } from '../../../support/schedules'
import { signIn, useApp } from '#testing'

const plain = task({ name: 'test.plain', title: 'Say', payload: z.object({}) })

// Nobody runs tasks or looks after schedules here but the tests.
useApp(module({ name: 'test-tasks', version: '1.0.0', tasks: [runs(plain, async () => null)] }))
forgetTasks()
forgetSchedules()

const tasksOf = (id: string) => resultCrud.find(reader(), { where: { schedule_id: id }, order: ['id'] })
const minutesAgo = (minutes: number) => new Date(Math.floor(now().getTime() / 60_000 - minutes) * 60_000)

const run = { signal: new AbortController().signal, progress: () => undefined }

/** A schedule that is due now, and which has been asked by hand for an hour ago and for now. */
async function busyByHand(overlap: string) {
  const { id } = await buildSchedule({
    ...{ overlap, timezone: 'UTC', expire_seconds: 30 },
    ...{ base_time: minutesAgo(1), next_run_time: minutesAgo(0) },
  })
  const range = { from: minutesAgo(61).toISOString(), to: minutesAgo(60).toISOString() }
  const order = await resultCrud.create(reader(), { task_id: `backfill-${id}`, status: 'STARTED' })
  expect(await backfill({ task_id: order.id }, { schedule_id: id, ...range }, run)).toEqual({
    dispatched: 2,
    skipped: 0,
  })
  const user = await signIn({ can: ['sys:task:retry'] })
  const [old] = await tasksOf(id)
  await outboxCrud.removeWhere(reader(), { id: old?.id ?? '' })
  await resultCrud.update(reader(), old?.id ?? '', { status: 'FAILURE' })
  expect(await user.post(`/tasks/${old?.task_id}/retry`)).toSucceed()
  return id
}

describe('what was asked for by hand and not by a tick of the schedule', () => {
  it.each(['skip', 'queue_one', 'cancel_old'])(
    'neither stops the next tick nor is stopped by it: %s',
    async (overlap) => {
      const id = await busyByHand(overlap)

      await releaseHeld()
      while ((await dispatchDue()) > 0);

      const ticks = await ticksOf(id)
      expect(ticks.map(({ outcome, reason }) => [outcome, reason])).toEqual([
        ['dispatched', 'backfill'],
        ['dispatched', 'backfill'],
        ['dispatched', null],
      ])
      const states = (await tasksOf(id)).map((row) => row.status)
      expect(states).toEqual(['FAILURE', 'PENDING', 'PENDING', 'PENDING'])
    },
  )

  it('does not expire when it was to run afterwards', async () => {
    const id = await busyByHand('allow')

    for (const row of await tasksOf(id)) expect(row.expire_time).toBeNull()
  })
})
