import { data, id, nothing, page, route, z } from '#core'
import { ConfigDetail, ConfigGroup, ConfigIds, ConfigList, SaveConfig, SaveConfigs } from '../schema/config'
import * as configService from '../service/config'

const params = z.object({ pk: id() })

export const allConfigs = route({
  method: 'get',
  path: '/sys/configs/all',
  title: 'List the settings of a group',
  description: 'All of them without `type`. Secrets are hidden.',
  access: 'signed_in',
  query: ConfigGroup,
  reply: data(z.array(ConfigDetail)),
  handle: (call, { query }) => configService.all(call, query.type),
})

export const getConfig = route({
  method: 'get',
  path: '/sys/configs/:pk',
  title: 'Get a setting',
  access: 'signed_in',
  params,
  reply: data(ConfigDetail),
  errors: ['config.not_found'],
  handle: (call, { params }) => configService.get(call, params.pk),
})

export const listConfigs = route({
  method: 'get',
  path: '/sys/configs',
  title: 'List settings by page',
  access: 'signed_in',
  query: ConfigList,
  reply: page(ConfigDetail),
  handle: (call, { query }) => configService.list(call, query),
})

export const createConfig = route({
  method: 'post',
  path: '/sys/configs',
  title: 'Create a setting',
  access: 'sys:config:add',
  body: SaveConfig,
  reply: nothing(),
  log: 'no_input',
  errors: ['config.key_taken'],
  handle: (call, { body }) => configService.create(call, body),
})

export const updateConfigs = route({
  method: 'put',
  path: '/sys/configs',
  title: 'Update several settings',
  description: 'All of them or none. A secret that comes back as it was shown stays as it is.',
  access: 'sys.config.edits',
  body: SaveConfigs,
  reply: nothing(),
  log: 'no_input',
  errors: ['config.not_found', 'config.key_taken', 'response.error'],
  handle: (call, { body }) => configService.updateMany(call, body),
})

export const updateConfig = route({
  method: 'put',
  path: '/sys/configs/:pk',
  title: 'Update a setting',
  description: 'A secret that comes back as it was shown stays as it is.',
  access: 'sys:config:edit',
  params,
  body: SaveConfig,
  reply: nothing(),
  log: 'no_input',
  errors: ['config.not_found', 'config.key_taken'],
  handle: (call, { params, body }) => configService.update(call, params.pk, body),
})

export const deleteConfigs = route({
  method: 'delete',
  path: '/sys/configs',
  title: 'Delete settings',
  access: 'sys:config:del',
  body: ConfigIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => configService.remove(call, body),
})

export const configRoutes = [
  allConfigs,
  getConfig,
  listConfigs,
  createConfig,
  updateConfigs,
  updateConfig,
  deleteConfigs,
]
