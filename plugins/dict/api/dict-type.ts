import { data, id, nothing, page, route, z } from '#core'
import { DictTypeDetail, DictTypeIds, DictTypeList, SaveDictType } from '../schema/dict-type'
import * as dictTypeService from '../service/dict-type'

const params = z.object({ pk: id() })

export const allDictTypes = route({
  method: 'get',
  path: '/sys/dict-types/all',
  title: 'List all dictionaries',
  access: 'signed_in',
  reply: data(z.array(DictTypeDetail)),
  handle: (call) => dictTypeService.all(call),
})

export const getDictType = route({
  method: 'get',
  path: '/sys/dict-types/:pk',
  title: 'Get a dictionary',
  access: 'signed_in',
  params,
  reply: data(DictTypeDetail),
  errors: ['dict_type.not_found'],
  handle: (call, { params }) => dictTypeService.get(call, params.pk),
})

export const listDictTypes = route({
  method: 'get',
  path: '/sys/dict-types',
  title: 'List dictionaries by page',
  access: 'signed_in',
  query: DictTypeList,
  reply: page(DictTypeDetail),
  handle: (call, { query }) => dictTypeService.list(call, query),
})

export const createDictType = route({
  method: 'post',
  path: '/sys/dict-types',
  title: 'Create a dictionary',
  access: 'dict:type:add',
  body: SaveDictType,
  reply: nothing(),
  errors: ['dict_type.code_taken'],
  handle: (call, { body }) => dictTypeService.create(call, body),
})

export const updateDictType = route({
  method: 'put',
  path: '/sys/dict-types/:pk',
  title: 'Update a dictionary',
  description: 'Its entries follow a new code.',
  access: 'dict:type:edit',
  params,
  body: SaveDictType,
  reply: nothing(),
  errors: ['dict_type.not_found', 'dict_type.code_taken'],
  handle: (call, { params, body }) => dictTypeService.update(call, params.pk, body),
})

export const deleteDictTypes = route({
  method: 'delete',
  path: '/sys/dict-types',
  title: 'Delete dictionaries with their entries',
  access: 'dict:type:del',
  body: DictTypeIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => dictTypeService.remove(call, body.pks),
})

export const dictTypeRoutes = [
  allDictTypes,
  getDictType,
  listDictTypes,
  createDictType,
  updateDictType,
  deleteDictTypes,
]
