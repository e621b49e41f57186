import { data, id, nothing, page, route, z } from '#core'
import { DictCode, DictDataDetail, DictDataIds, DictDataList, SaveDictData } from '../schema/dict-data'
import * as dictDataService from '../service/dict-data'

const params = z.object({ pk: id() })

export const allDictData = route({
  method: 'get',
  path: '/sys/dict-datas/all',
  title: 'List all dictionary entries',
  access: 'signed_in',
  reply: data(z.array(DictDataDetail)),
  handle: (call) => dictDataService.all(call),
})

export const getDictData = route({
  method: 'get',
  path: '/sys/dict-datas/:pk',
  title: 'Get a dictionary entry',
  access: 'signed_in',
  params,
  reply: data(DictDataDetail),
  errors: ['dict_data.not_found'],
  handle: (call, { params }) => dictDataService.get(call, params.pk),
})

export const dictDataOfCode = route({
  method: 'get',
  path: '/sys/dict-datas/type-codes/:code',
  title: 'List the enabled entries of a dictionary',
  description: 'The highest `sort` first; 404 where there is none.',
  access: 'signed_in',
  params: DictCode,
  reply: data(z.array(DictDataDetail)),
  errors: ['dict_data.not_found'],
  handle: (call, { params }) => dictDataService.ofCode(call, params.code),
})

export const listDictData = route({
  method: 'get',
  path: '/sys/dict-datas',
  title: 'List dictionary entries by page',
  access: 'signed_in',
  query: DictDataList,
  reply: page(DictDataDetail),
  handle: (call, { query }) => dictDataService.list(call, query),
})

export const createDictData = route({
  method: 'post',
  path: '/sys/dict-datas',
  title: 'Create a dictionary entry',
  access: 'dict:data:add',
  body: SaveDictData,
  reply: nothing(),
  errors: ['dict_type.not_found', 'dict_data.label_taken'],
  handle: (call, { body }) => dictDataService.create(call, body),
})

export const updateDictData = route({
  method: 'put',
  path: '/sys/dict-datas/:pk',
  title: 'Replace a dictionary entry',
  description: 'A colour or remark that is left out becomes null.',
  access: 'dict:data:edit',
  params,
  body: SaveDictData,
  reply: nothing(),
  errors: ['dict_data.not_found', 'dict_type.not_found', 'dict_data.label_taken'],
  handle: (call, { params, body }) => dictDataService.update(call, params.pk, body),
})

export const deleteDictData = route({
  method: 'delete',
  path: '/sys/dict-datas',
  title: 'Delete dictionary entries',
  access: 'dict:data:del',
  body: DictDataIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => dictDataService.remove(call, body.pks),
})

export const dictDataRoutes = [
  allDictData,
  getDictData,
  dictDataOfCode,
  listDictData,
  createDictData,
  updateDictData,
  deleteDictData,
]
