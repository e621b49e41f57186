import { data, id, nothing, page, route, z } from '#core'
import {
  DataScopeDetail,
  DataScopeFull,
  DataScopeIds,
  DataScopeList,
  SaveDataScope,
  SetDataScopeRules,
} from '../schema/data-scope'
import * as dataScopeService from '../service/data-scope'

const params = z.object({ pk: id() })

export const allDataScopes = route({
  method: 'get',
  path: '/sys/data-scopes/all',
  title: 'List all data scopes',
  access: 'signed_in',
  reply: data(z.array(DataScopeDetail)),
  handle: (call) => dataScopeService.all(call),
})

export const getDataScope = route({
  method: 'get',
  path: '/sys/data-scopes/:pk',
  title: 'Get a data scope',
  access: 'signed_in',
  params,
  reply: data(DataScopeDetail),
  errors: ['data_scope.not_found'],
  handle: (call, { params }) => dataScopeService.get(call, params.pk),
})

export const getDataScopeRules = route({
  method: 'get',
  path: '/sys/data-scopes/:pk/rules',
  title: 'Get a data scope with its rules',
  access: 'signed_in',
  params,
  reply: data(DataScopeFull),
  errors: ['data_scope.not_found'],
  handle: (call, { params }) => dataScopeService.getWithRules(call, params.pk),
})

export const listDataScopes = route({
  method: 'get',
  path: '/sys/data-scopes',
  title: 'List data scopes by page',
  access: 'signed_in',
  query: DataScopeList,
  reply: page(DataScopeDetail),
  handle: (call, { query }) => dataScopeService.list(call, query),
})

export const createDataScope = route({
  method: 'post',
  path: '/sys/data-scopes',
  title: 'Create a data scope',
  access: 'data:scope:add',
  body: SaveDataScope,
  reply: nothing(),
  errors: ['data_scope.name_taken'],
  handle: (call, { body }) => dataScopeService.create(call, body),
})

export const updateDataScope = route({
  method: 'put',
  path: '/sys/data-scopes/:pk',
  title: 'Update a data scope',
  access: 'data:scope:edit',
  params,
  body: SaveDataScope,
  reply: nothing(),
  errors: ['data_scope.not_found', 'data_scope.name_taken'],
  handle: (call, { params, body }) => dataScopeService.update(call, params.pk, body),
})

export const setDataScopeRules = route({
  method: 'put',
  path: '/sys/data-scopes/:pk/rules',
  title: 'Replace the rules of a data scope',
  access: 'data:scope:rule:edit',
  params,
  body: SetDataScopeRules,
  reply: nothing(),
  errors: ['data_scope.not_found', 'data_rule.not_found'],
  handle: (call, { params, body }) => dataScopeService.setRules(call, params.pk, body.rules),
})

export const deleteDataScopes = route({
  method: 'delete',
  path: '/sys/data-scopes',
  title: 'Delete data scopes',
  access: 'data:scope:del',
  body: DataScopeIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => dataScopeService.remove(call, body.pks),
})

export const dataScopeRoutes = [
  allDataScopes,
  getDataScope,
  getDataScopeRules,
  listDataScopes,
  createDataScope,
  updateDataScope,
  setDataScopeRules,
  deleteDataScopes,
]
