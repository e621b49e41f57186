import { data, nothing, route, z } from '#core'
import {
  BoardEntrance,
  DrainQueue,
  LiveWorker,
  QueueParams,
  QueueState,
  TaskAlertDetail,
} from '../schema/monitor'
import { Matching } from '../schema/result'
import * as alertService from '../service/alert'
import * as boardService from '../service/board'
import * as queueService from '../service/queue'
import * as workerService from '../service/worker'

const MONITOR = 'sys:task:monitor'
const MANAGE = 'sys:task:queue'

export const listWorkers = route({
  method: 'get',
  path: '/tasks/workers',
  title: 'List the live workers',
  access: MONITOR,
  reply: data(z.array(LiveWorker)),
  handle: (call) => workerService.list(call),
})

export const listQueues = route({
  method: 'get',
  path: '/tasks/queues',
  title: 'List the queues',
  access: MONITOR,
  reply: data(z.array(QueueState)),
  handle: (call) => queueService.list(call),
})

export const listAlerts = route({
  method: 'get',
  path: '/tasks/alerts',
  title: 'List what is wrong with background work',
  description: 'The alerts that are raised at the moment.',
  access: MONITOR,
  reply: data(z.array(TaskAlertDetail)),
  handle: (call) => alertService.list(call),
})

export const openBoard = route({
  method: 'get',
  path: '/tasks/board',
  title: 'Get the way to the queue board',
  description:
    'An address for a browser, good once and within a minute. It opens the board for an hour, as long as the session and the right last.',
  access: 'sys:task:board',
  reply: data(BoardEntrance),
  handle: (call) => boardService.entrance(call),
})

export const pauseQueue = route({
  method: 'put',
  path: '/tasks/queues/:name/pause',
  title: 'Pause a queue',
  description: 'Within a second or two no worker begins a task of it any more; those under way go on.',
  access: MANAGE,
  params: QueueParams,
  reply: nothing(),
  errors: ['task.queue_unknown', 'task.queue_never_paused'],
  handle: (call, { params }) => queueService.pause(call, params.name),
})

export const resumeQueue = route({
  method: 'put',
  path: '/tasks/queues/:name/resume',
  title: 'Resume a queue',
  access: MANAGE,
  params: QueueParams,
  reply: nothing(),
  errors: ['task.queue_unknown'],
  handle: (call, { params }) => queueService.resume(call, params.name),
})

export const drainQueue = route({
  method: 'post',
  path: '/tasks/queues/:name/drain',
  title: 'Drain a queue',
  description: 'Revokes all that waits in it, by a task of its own.',
  access: MANAGE,
  params: QueueParams,
  body: DrainQueue,
  reply: data(Matching),
  errors: ['task.queue_unknown'],
  handle: (call, { params, body }) => queueService.drain(call, params.name, body.confirm),
})

export const monitorRoutes = [
  listWorkers,
  listQueues,
  listAlerts,
  openBoard,
  pauseQueue,
  resumeQueue,
  drainQueue,
]
