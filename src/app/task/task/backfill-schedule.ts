import { id, task, z } from '#core'

export const backfillSchedule = task({
  name: 'task.backfill-schedule',
  title: 'Run a schedule for due times that have passed',
  payload: z.object({ schedule_id: id(), from: z.iso.datetime(), to: z.iso.datetime() }),
  unique: true,
})
