import type { z } from 'zod'
import {
  ScheduleDetail,
  ScheduleTiming,
  allSchedules,
  nextRuns,
  previewRuns,
  runSchedule,
  type NextRuns,
} from '../../app/task'
import { notFound } from '../../common/errors'
import { env } from '../../config/env'
import { systemCall } from '../../core/call'
import { reader } from '../../infra/database'
import { say } from '../../utils/printer'
import type { ScheduleOptions } from '../command/schedule'
import { withTasks } from '../opened'
import { misused } from '../outcome'
import { count, sayJson, table } from '../output'
import { asOperation } from '../recorded'
import { follow } from './follow-task'
import { readInput } from './task-filter'

export const list = ({ json }: ScheduleOptions): Promise<void> =>
  withTasks(async () => {
    const found = await allSchedules(systemCall(reader(), 'en-US'))
    const rows = found.map((row) => ScheduleDetail.parse(row))
    if (json) return sayJson(rows)
    const head = ['NAME', 'TASK', 'WHEN', 'LAST', 'NEXT', 'RUNS']
    say(table(head, rows.map(cellsOf)))
    for (const { name, problem } of rows) if (problem) say(`${name}: ${problem}`)
    say(`\n${count(rows.length, 'schedule')}; times are those of ${env.DATETIME_TIMEZONE}`)
  })

export const run = (name: string, options: ScheduleOptions): Promise<void> =>
  withTasks(async () => {
    const { id } = await find(name)
    const taskId = await asOperation('schedule run', { schedule: name }, (call) => runSchedule(call, id))
    if (options.follow) return follow(taskId, options)
    if (options.json) return sayJson({ task_id: taskId })
    say(`Accepted: ${taskId}`)
  })

export async function next(name: string | undefined, options: ScheduleOptions): Promise<void> {
  const { crontab, timezone } = options
  if ((name === undefined) === (crontab === undefined)) throw misused('Name a schedule, or give a --crontab.')
  if (timezone !== undefined && crontab === undefined) throw misused('--timezone belongs to --crontab.')
  await withTasks(async () => {
    const runs = name === undefined ? preview(options) : await ofSchedule(name, options)
    if (options.json) return sayJson({ ...runs, times: runs.times.map((one) => one.local_time) })
    for (const { local_time } of runs.times) say(local_time)
    say(`${count(runs.times.length, 'time')}, by the clock of ${runs.timezone}`)
  })
}

async function ofSchedule(name: string, options: ScheduleOptions): Promise<NextRuns> {
  const { id } = await find(name)
  return nextRuns(systemCall(reader()), id, options.count)
}

function preview(options: ScheduleOptions): NextRuns {
  const { crontab, timezone } = options
  const timing = readInput(ScheduleTiming, { type: 1, crontab, timezone })
  return previewRuns(timing, options.count)
}

/** @throws 404 */
async function find(nameOrId: string): Promise<Shown> {
  const all = (await allSchedules(systemCall(reader()))).map((row) => ScheduleDetail.parse(row))
  const found = all.find(({ name }) => name === nameOrId) ?? all.find(({ id }) => id === nameOrId)
  if (!found) throw notFound('scheduler.not_found')
  return found
}

/** A schedule as the API shows it. */
type Shown = z.output<typeof ScheduleDetail>

function cellsOf(row: Shown): string[] {
  const { name, task, enabled, last_run_time: last, next_run_time: due, total_run_count: runs } = row
  return [name, task, whenOf(row), last ?? '-', enabled ? (due ?? '-') : 'off', String(runs)]
}

function whenOf({ type, crontab, interval_every, interval_period, timezone }: Shown): string {
  if (type === 0) return `every ${interval_every} ${interval_period}`
  return timezone ? `${crontab} (${timezone})` : crontab
}
