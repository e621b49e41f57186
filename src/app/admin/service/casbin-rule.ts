import { invalid, isPathPattern, notFound, nothingChanged, type Call, type Page, type Row } from '#core'
import { casbinRuleCrud } from '../crud/casbin-rule'
import { roleCrud } from '../crud/role'
import type { CasbinRule } from '../model/casbin-rule'
import type { CasbinRuleList, SaveCasbinRule } from '../schema/casbin-rule'

export const list = (call: Call, query: CasbinRuleList): Promise<Page<Row<CasbinRule>>> =>
  casbinRuleCrud.list(call.db, query, query.role_id)

export async function create(call: Call, input: SaveCasbinRule): Promise<void> {
  await check(call, input)
  await casbinRuleCrud.create(call.db, input)
  call.outdates('rights')
}

export async function update(call: Call, id: string, input: SaveCasbinRule): Promise<void> {
  await check(call, input)
  if (!(await casbinRuleCrud.update(call.db, id, input))) throw notFound('casbin_rule.not_found')
  call.outdates('rights')
}

export async function remove(call: Call, ids: string[]): Promise<void> {
  if ((await casbinRuleCrud.remove(call.db, ids)) === 0) throw nothingChanged()
  call.outdates('rights')
}

/** Locks the role, so that it cannot be deleted before the rule is there. */
async function check(call: Call, input: SaveCasbinRule): Promise<void> {
  if (!isPathPattern(input.path)) throw invalid('path', 'casbin_rule.path_invalid')
  if (!(await roleCrud.lock(call.db, input.role_id))) throw notFound('role.not_found')
}
