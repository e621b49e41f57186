import { data, id, nothing, page, route, z } from '#core'
import { LogIds, LogList, LoginLogDetail, OperaLogDetail, OperaLogRow } from '../schema/log'
import * as logService from '../service/log'

export const listLoginLogs = route({
  method: 'get',
  path: '/logs/login',
  title: 'List log-ins',
  access: 'signed_in',
  query: LogList,
  reply: page(LoginLogDetail),
  handle: (call, { query }) => logService.listLogins(call, query),
})

export const deleteLoginLogs = route({
  method: 'delete',
  path: '/logs/login',
  title: 'Delete rows of the log-in log',
  access: 'log:login:del',
  body: LogIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => logService.removeLogins(call, body.pks),
})

export const clearLoginLogs = route({
  method: 'delete',
  path: '/logs/login/all',
  title: 'Empty the log-in log',
  description: 'Of a very long log the rest is deleted in the background.',
  access: 'log:login:clear',
  reply: nothing(),
  handle: (call) => logService.clear(call, 'login'),
})

export const listOperaLogs = route({
  method: 'get',
  path: '/logs/opera',
  title: 'List operations',
  access: 'signed_in',
  query: LogList,
  reply: page(OperaLogRow),
  handle: (call, { query }) => logService.listOperations(call, query),
})

export const getOperaLog = route({
  method: 'get',
  path: '/logs/opera/:pk',
  title: 'Get an operation with what it changed',
  description:
    'Before and after values of up to a hundred rows, secrets masked. Not part of any seeded role.',
  access: 'log:opera:get',
  params: z.object({ pk: id() }),
  reply: data(OperaLogDetail),
  errors: ['opera_log.not_found'],
  handle: (call, { params }) => logService.getOperation(call, params.pk),
})

export const deleteOperaLogs = route({
  method: 'delete',
  path: '/logs/opera',
  title: 'Delete rows of the operation log',
  access: 'log:opera:del',
  body: LogIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => logService.removeOperations(call, body.pks),
})

export const clearOperaLogs = route({
  method: 'delete',
  path: '/logs/opera/all',
  title: 'Empty the operation log',
  description: 'Of a very long log the rest is deleted in the background.',
  access: 'log:opera:clear',
  reply: nothing(),
  handle: (call) => logService.clear(call, 'opera'),
})

export const logRoutes = [
  listLoginLogs,
  deleteLoginLogs,
  clearLoginLogs,
  listOperaLogs,
  getOperaLog,
  deleteOperaLogs,
  clearOperaLogs,
]
