import { data, nothing, page, route, z } from '#core'
import {
  Backfill,
  BackfillAccepted,
  NextQuery,
  NextRuns,
  ScheduleDetail,
  ScheduleInput,
  ScheduleList,
  ScheduleParams,
  ScheduleTiming,
  ScheduleVerdict,
  TickDetail,
  TickList,
  ValidateQuery,
} from '../schema/schedule'
import { request } from '../service/schedule/backfill'
import { execute } from '../service/schedule/execute'
import { nextRuns, preview, ticks } from '../service/schedule/look'
import * as schedule from '../service/schedule/schedule'
import { validate } from '../service/schedule/validate'

const WRITING = [
  'scheduler.name_taken',
  'scheduler.two_expiries',
  'scheduler.task_unknown',
  'scheduler.queue_unknown',
  'scheduler.args_form',
  'scheduler.kwargs_form',
  'scheduler.window_needed',
]

export const listAllSchedules = route({
  method: 'get',
  path: '/schedulers/all',
  title: 'List all schedules',
  access: 'signed_in',
  reply: data(z.array(ScheduleDetail)),
  handle: (call) => schedule.all(call),
})

export const getSchedule = route({
  method: 'get',
  path: '/schedulers/:pk',
  title: 'Get a schedule',
  access: 'signed_in',
  params: ScheduleParams,
  reply: data(ScheduleDetail),
  errors: ['scheduler.not_found'],
  handle: (call, { params }) => schedule.get(call, params.pk),
})

export const listSchedules = route({
  method: 'get',
  path: '/schedulers',
  title: 'List schedules',
  access: 'signed_in',
  query: ScheduleList,
  reply: page(ScheduleDetail),
  handle: (call, { query }) => schedule.list(call, query),
})

export const createSchedule = route({
  method: 'post',
  path: '/schedulers',
  title: 'Create a schedule',
  access: 'sys:task:add',
  body: ScheduleInput,
  reply: nothing(),
  errors: WRITING,
  // The arguments may hold secrets, in text that only its task can read; what else is changed stands with the row.
  log: 'no_input',
  handle: (call, { body }) => schedule.create(call, body),
})

export const updateSchedule = route({
  method: 'put',
  path: '/schedulers/:pk',
  title: 'Update a schedule',
  description: 'Fields that are left out stay as they are; what comes of it must keep every rule.',
  access: 'sys:task:edit',
  params: ScheduleParams,
  body: ScheduleInput,
  reply: nothing(),
  errors: ['scheduler.not_found', ...WRITING],
  log: 'no_input',
  handle: (call, { params, body }) => schedule.update(call, params.pk, body),
})

export const toggleSchedule = route({
  method: 'put',
  path: '/schedulers/:pk/status',
  title: 'Switch a schedule on or off',
  access: 'sys:task:edit',
  params: ScheduleParams,
  reply: nothing(),
  errors: ['scheduler.not_found'],
  handle: (call, { params }) => schedule.toggle(call, params.pk),
})

export const deleteSchedule = route({
  method: 'delete',
  path: '/schedulers/:pk',
  title: 'Delete a schedule',
  access: 'sys:task:del',
  params: ScheduleParams,
  reply: nothing(),
  errors: ['scheduler.not_found'],
  handle: (call, { params }) => schedule.remove(call, params.pk),
})

export const executeSchedule = route({
  method: 'post',
  path: '/schedulers/:pk/execute',
  title: 'Run the task of a schedule now',
  description: 'Its queue, expiry and state do not matter, and its counters stay as they are.',
  access: 'sys:task:exec',
  params: ScheduleParams,
  reply: nothing(),
  errors: ['task.no_worker', 'scheduler.not_found', 'scheduler.arguments_broken', 'task.unknown'],
  handle: async (call, { params }) => {
    await execute(call, params.pk)
  },
})

export const getNextRuns = route({
  method: 'get',
  path: '/schedulers/:pk/next',
  title: 'List the next times at which a schedule is due',
  access: 'signed_in',
  params: ScheduleParams,
  query: NextQuery,
  reply: data(NextRuns),
  errors: ['scheduler.not_found'],
  handle: (call, { params, query }) => nextRuns(call, params.pk, query.count),
})

export const previewNextRuns = route({
  method: 'post',
  path: '/schedulers/next',
  title: 'Show when a schedule would be due',
  description: 'Nothing is kept.',
  access: 'signed_in',
  query: NextQuery,
  body: ScheduleTiming,
  reply: data(NextRuns),
  transaction: false,
  log: 'none',
  handle: (_call, { body, query }) => preview(body, query.count),
})

export const validateSchedule = route({
  method: 'post',
  path: '/schedulers/validate',
  title: 'Check a schedule',
  description: 'Says what would be refused, and when it would be due. Nothing is kept.',
  access: 'signed_in',
  query: ValidateQuery,
  body: ScheduleInput,
  reply: data(ScheduleVerdict),
  errors: ['scheduler.not_found'],
  transaction: false,
  log: 'none',
  handle: (call, { body, query }) => validate(call, body, query.pk ?? null, query.count),
})

export const backfillScheduleRange = route({
  method: 'post',
  path: '/schedulers/:pk/backfill',
  title: 'Run a schedule for due times that have passed',
  description:
    'What was dispatched is left out, whatever became of its task: run that again by itself. Overlap, expiry and counters do not matter. A task does it.',
  access: 'sys:task:exec',
  params: ScheduleParams,
  body: Backfill,
  reply: data(BackfillAccepted),
  errors: [
    'scheduler.not_found',
    'scheduler.backfill_future',
    'scheduler.backfill_nothing',
    'scheduler.backfill_too_many',
  ],
  handle: (call, { params, body }) => request(call, params.pk, body),
})

export const listTicks = route({
  method: 'get',
  path: '/schedulers/:pk/ticks',
  title: 'List what came of the times at which a schedule was due',
  access: 'signed_in',
  params: ScheduleParams,
  query: TickList,
  reply: page(TickDetail),
  errors: ['scheduler.not_found'],
  handle: (call, { params, query }) => ticks(call, params.pk, query),
})

export const scheduleRoutes = [
  listAllSchedules,
  getSchedule,
  listSchedules,
  createSchedule,
  updateSchedule,
  toggleSchedule,
  deleteSchedule,
  executeSchedule,
  getNextRuns,
  previewNextRuns,
  validateSchedule,
  backfillScheduleRange,
  listTicks,
]
