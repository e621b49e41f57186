import { data, nothing, route, z } from '#core'
import { CancelMatching, Matching, RetryMatching } from '../schema/result'
import {
  AcceptedTask,
  CancelQuery,
  RegisteredTask,
  RunTask,
  TaskForm,
  TaskIdParams,
  TaskNameParams,
} from '../schema/task'
import { cancel } from '../service/cancel'
import * as control from '../service/control'
import { cancelAll, retryAll } from '../service/matching'
import { retry } from '../service/retry'

export const listRegistered = route({
  method: 'get',
  path: '/tasks/registered',
  title: 'List the tasks that live workers can run',
  access: 'signed_in',
  reply: data(z.array(RegisteredTask)),
  errors: ['task.no_worker'],
  handle: () => control.registered(),
})

export const getTaskForm = route({
  method: 'get',
  path: '/tasks/registered/:name/schema',
  title: 'Get what a task takes',
  description: 'The JSON Schema of its payload, for a form.',
  access: 'signed_in',
  params: TaskNameParams,
  reply: data(TaskForm),
  errors: ['task.unknown'],
  handle: (_call, { params }) => control.formOf(params.name),
})

export const runTask = route({
  method: 'post',
  path: '/tasks/run',
  title: 'Run a task now',
  description: 'The arguments must fit the payload of the task.',
  access: 'sys:task:exec',
  body: RunTask,
  reply: data(AcceptedTask),
  handle: (call, { body }) => control.run(call, body),
})

export const cancelTask = route({
  method: 'delete',
  path: '/tasks/:task_id/cancel',
  title: 'Revoke a task',
  description: 'One that runs goes on, unless `terminate` is given; an unknown id is no error.',
  access: 'sys:task:revoke',
  params: TaskIdParams,
  query: CancelQuery,
  reply: nothing(),
  errors: ['task.no_worker', 'task.finished'],
  handle: (call, { params, query }) => cancel(call, params.task_id, query.terminate),
})

export const retryTask = route({
  method: 'post',
  path: '/tasks/:task_id/retry',
  title: 'Run a finished task again',
  description: 'As a new task with the same arguments, which names the old one in `retry_of`.',
  access: 'sys:task:retry',
  params: TaskIdParams,
  reply: data(AcceptedTask),
  errors: ['task_result.not_found', 'task.not_finished', 'task.unreadable', 'task.unknown'],
  handle: (call, { params }) => retry(call, params.task_id),
})

export const retryMatching = route({
  method: 'post',
  path: '/tasks/retry-matching',
  title: 'Run all finished tasks that match again',
  description:
    'Tells how many match; with `dry_run: false` a task of its own runs them again. Without states: those that failed or were revoked. What was run again already is left out; its repetition counts.',
  access: 'sys:task:retry',
  body: RetryMatching,
  reply: data(Matching),
  handle: (call, { body }) => retryAll(call, body),
})

export const cancelMatching = route({
  method: 'post',
  path: '/tasks/cancel-matching',
  title: 'Revoke all tasks that match',
  description: 'Tells how many match; with `dry_run: false` a task of its own revokes them.',
  access: 'sys:task:revoke',
  body: CancelMatching,
  reply: data(Matching),
  handle: (call, { body }) => cancelAll(call, body),
})

export const taskRoutes = [
  listRegistered,
  getTaskForm,
  runTask,
  cancelTask,
  retryTask,
  retryMatching,
  cancelMatching,
]
