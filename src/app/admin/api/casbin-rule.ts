import { id, nothing, page, route, z } from '#core'
import { CasbinRuleDetail, CasbinRuleIds, CasbinRuleList, SaveCasbinRule } from '../schema/casbin-rule'
import * as casbinRuleService from '../service/casbin-rule'

const params = z.object({ pk: id() })

export const listCasbinRules = route({
  method: 'get',
  path: '/sys/casbin-rules',
  title: 'List path rules',
  description: 'What decides who may call what while RBAC_ROLE_MENU_MODE is off.',
  access: 'super_user',
  query: CasbinRuleList,
  reply: page(CasbinRuleDetail),
  handle: (call, { query }) => casbinRuleService.list(call, query),
})

export const createCasbinRule = route({
  method: 'post',
  path: '/sys/casbin-rules',
  title: 'Create a path rule',
  access: 'super_user',
  body: SaveCasbinRule,
  reply: nothing(),
  errors: ['role.not_found', 'casbin_rule.path_invalid'],
  handle: (call, { body }) => casbinRuleService.create(call, body),
})

export const updateCasbinRule = route({
  method: 'put',
  path: '/sys/casbin-rules/:pk',
  title: 'Update a path rule',
  access: 'super_user',
  params,
  body: SaveCasbinRule,
  reply: nothing(),
  errors: ['casbin_rule.not_found', 'role.not_found', 'casbin_rule.path_invalid'],
  handle: (call, { params, body }) => casbinRuleService.update(call, params.pk, body),
})

export const deleteCasbinRules = route({
  method: 'delete',
  path: '/sys/casbin-rules',
  title: 'Delete path rules',
  access: 'super_user',
  body: CasbinRuleIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => casbinRuleService.remove(call, body.pks),
})

export const casbinRuleRoutes = [listCasbinRules, createCasbinRule, updateCasbinRule, deleteCasbinRules]
