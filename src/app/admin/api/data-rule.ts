import { data, id, nothing, page, route, z } from '#core'
import { DataRuleDetail, DataRuleIds, DataRuleList, KeyComment, SaveDataRule } from '../schema/data-rule'
import * as dataRuleService from '../service/data-rule'

const params = z.object({ pk: id() })

export const listRuleModels = route({
  method: 'get',
  path: '/sys/data-rules/models',
  title: 'List the models that data rules may name',
  access: 'signed_in',
  reply: data(z.array(z.string())),
  handle: () => dataRuleService.models(),
})

export const listRuleColumns = route({
  method: 'get',
  path: '/sys/data-rules/models/:model/columns',
  title: 'List the columns of a model that data rules may name',
  access: 'signed_in',
  params: z.object({ model: z.string().max(64) }),
  reply: data(z.array(KeyComment)),
  errors: ['data_rule.model_not_found'],
  handle: (call, { params }) => dataRuleService.columns(call, params.model),
})

export const listRuleVariables = route({
  method: 'get',
  path: '/sys/data-rules/value-template-variables',
  title: 'List the variables that values of data rules may name',
  access: 'signed_in',
  reply: data(z.array(KeyComment)),
  handle: () => dataRuleService.variables(),
})

export const allDataRules = route({
  method: 'get',
  path: '/sys/data-rules/all',
  title: 'List all data rules',
  access: 'signed_in',
  reply: data(z.array(DataRuleDetail)),
  handle: (call) => dataRuleService.all(call),
})

export const getDataRule = route({
  method: 'get',
  path: '/sys/data-rules/:pk',
  title: 'Get a data rule',
  access: 'signed_in',
  params,
  reply: data(DataRuleDetail),
  errors: ['data_rule.not_found'],
  handle: (call, { params }) => dataRuleService.get(call, params.pk),
})

export const listDataRules = route({
  method: 'get',
  path: '/sys/data-rules',
  title: 'List data rules by page',
  access: 'signed_in',
  query: DataRuleList,
  reply: page(DataRuleDetail),
  handle: (call, { query }) => dataRuleService.list(call, query),
})

export const createDataRule = route({
  method: 'post',
  path: '/sys/data-rules',
  title: 'Create a data rule',
  access: 'data:rule:add',
  body: SaveDataRule,
  reply: nothing(),
  errors: [
    'data_rule.name_taken',
    'data_rule.model_not_found',
    'data_rule.column_not_found',
    'data_rule.value_invalid',
  ],
  handle: (call, { body }) => dataRuleService.create(call, body),
})

export const updateDataRule = route({
  method: 'put',
  path: '/sys/data-rules/:pk',
  title: 'Update a data rule',
  access: 'data:rule:edit',
  params,
  body: SaveDataRule,
  reply: nothing(),
  errors: [
    'data_rule.not_found',
    'data_rule.name_taken',
    'data_rule.model_not_found',
    'data_rule.column_not_found',
    'data_rule.value_invalid',
  ],
  handle: (call, { params, body }) => dataRuleService.update(call, params.pk, body),
})

export const deleteDataRules = route({
  method: 'delete',
  path: '/sys/data-rules',
  title: 'Delete data rules',
  access: 'data:rule:del',
  body: DataRuleIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => dataRuleService.remove(call, body.pks),
})

export const dataRuleRoutes = [
  listRuleModels,
  listRuleColumns,
  listRuleVariables,
  allDataRules,
  getDataRule,
  listDataRules,
  createDataRule,
  updateDataRule,
  deleteDataRules,
]
