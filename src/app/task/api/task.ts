import { data, nothing, route, z } from '#core'
import { AcceptedTask, CancelQuery, RegisteredTask, RunTask, TaskIdParams } from '../schema/task'
import * as control from '../service/control'

export const listRegistered = route({
  method: 'get',
  path: '/tasks/registered',
  title: 'List the tasks that live workers can run',
  access: 'signed_in',
  reply: data(z.array(RegisteredTask)),
  errors: ['task.no_worker'],
  handle: () => control.registered(),
})

export const runTask = route({
  method: 'post',
  path: '/tasks/run',
  title: 'Run a task now',
  description: 'The arguments must fit the payload of the task.',
  access: 'sys:task:exec',
  body: RunTask,
  reply: data(AcceptedTask),
  errors: ['task.unknown'],
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
  handle: (call, { params, query }) => control.cancel(call, params.task_id, query.terminate),
})

export const taskRoutes = [listRegistered, runTask, cancelTask]
