import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { reader } from '../../src/infra/database'
import { scheduleCrud, type ScheduleRow } from '../../src/app/task/crud/schedule'
import { tickCrud } from '../../src/app/task/crud/tick'

/** A schedule in the table, as another process may have left it: not due until told so. */
export function buildSchedule(values: Partial<ScheduleRow> = {}): Promise<ScheduleRow> {
  return scheduleCrud.create(reader(), {
    name: `schedule-${randomUUID().slice(0, 13)}`,
    task: 'test.plain',
    type: 1,
    crontab: '* * * * *',
    base_time: new Date(),
    next_run_time: null,
    ...values,
  })
}

export async function scheduleOf(id: string): Promise<ScheduleRow> {
  const row = await scheduleCrud.get(reader(), id)
  if (!row) throw new Error(`no schedule ${id}`)
  return row
}

/** What is recorded of a schedule, the earliest first. */
export const ticksOf = (id: string) =>
  tickCrud.find(reader(), { where: { schedule_id: id }, order: ['due_time'] })

/** Waits until so many ticks are recorded. */
export async function reachesTicks(id: string, count: number) {
  for (let tries = 0; tries < 800; tries += 1) {
    const ticks = await ticksOf(id)
    if (ticks.length >= count) return ticks
    await pause(25)
  }
  throw new Error(`${id} has ${(await ticksOf(id)).length} ticks`)
}

/** Schedules of other test files would be due here too. Call it after `useApp`. */
export function forgetSchedules(): void {
  beforeAll(async () => {
    await tickCrud.purge(reader(), {})
    await scheduleCrud.purge(reader(), {})
  })
}
