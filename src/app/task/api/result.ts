import { data, id, longPage, nothing, route, z } from '#core'
import { TaskResultDetail, TaskResultIds, TaskResultList } from '../schema/result'
import * as resultService from '../service/result'

export const getTaskResult = route({
  method: 'get',
  path: '/task-results/:pk',
  title: 'Get the result of a task',
  access: 'signed_in',
  params: z.object({ pk: id() }),
  reply: data(TaskResultDetail),
  errors: ['task_result.not_found'],
  handle: (call, { params }) => resultService.get(call, params.pk),
})

export const listTaskResults = route({
  method: 'get',
  path: '/task-results',
  title: 'List the results of tasks',
  description:
    'The newest first. However many there are, it is quick: long totals are lower bounds, and `next_cursor` goes on where pages end.',
  access: 'signed_in',
  query: TaskResultList,
  reply: longPage(TaskResultDetail),
  handle: (call, { query }) => resultService.search(call, query),
})

export const deleteTaskResults = route({
  method: 'delete',
  path: '/task-results',
  title: 'Delete the results of finished tasks',
  access: 'sys:task:del',
  body: TaskResultIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => resultService.remove(call, body.pks),
})

export const resultRoutes = [getTaskResult, listTaskResults, deleteTaskResults]
