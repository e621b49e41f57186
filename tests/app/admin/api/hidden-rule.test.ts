import './hidden-rule-env'
import { reader } from '#core'
import { dataRuleCrud } from '../../../../src/app/admin/crud/data-rule'
import { dataScopeCrud } from '../../../../src/app/admin/crud/data-scope'
import { dataScopeRuleCrud, roleDataScopeCrud } from '../../../../src/app/admin/crud/links'
import { buildDataRule, buildDataScope, buildRole, buildUser, clientOf, useApp } from '#testing'

useApp()

/** A scope with one rule, in the hands of a role that is not filtered by it. */
async function tied() {
  const [role, scope, rule] = [await buildRole(), await buildDataScope(), await buildDataRule()]
  await roleDataScopeCrud.create(reader(), { role_id: role.id, data_scope_id: scope.id })
  await dataScopeRuleCrud.create(reader(), { data_scope_id: scope.id, data_rule_id: rule.id })
  return { role, scope, rule }
}

/** Somebody who may delete, and sees of this model only what has that name. */
async function whoSees(model: 'DataScope' | 'DataRule', name: string) {
  const can = ['data:scope:del', 'data:rule:del']
  const role = await buildRole({ is_filter_scopes: true }, can)
  const scope = await buildDataScope()
  const rule = await buildDataRule({ model, value: name })
  await roleDataScopeCrud.create(reader(), { role_id: role.id, data_scope_id: scope.id })
  await dataScopeRuleCrud.create(reader(), { data_scope_id: scope.id, data_rule_id: rule.id })
  return clientOf(await buildUser({}, [role.id]))
}

const linksOf = async ({ role, scope }: Awaited<ReturnType<typeof tied>>) => ({
  scopes: await roleDataScopeCrud.rightOf(reader(), role.id),
  rules: await dataScopeRuleCrud.rightOf(reader(), scope.id),
})

it('a scope that its deleter may not see keeps its roles and rules, beside one that goes', async () => {
  const [hidden, seen] = [await tied(), await tied()]
  const user = await whoSees('DataScope', seen.scope.name)

  expect(await user.delete('/sys/data-scopes', { pks: [hidden.scope.id, seen.scope.id] })).toSucceed()

  expect(await dataScopeCrud.get(reader(), seen.scope.id)).toBeNull()
  expect(await linksOf(seen)).toEqual({ scopes: [], rules: [] })
  expect(await dataScopeCrud.get(reader(), hidden.scope.id)).not.toBeNull()
  expect(await linksOf(hidden)).toEqual({ scopes: [hidden.scope.id], rules: [hidden.rule.id] })
})

it('a rule that its deleter may not see stays in its scopes, beside one that goes', async () => {
  const [hidden, seen] = [await tied(), await tied()]
  const user = await whoSees('DataRule', seen.rule.name)

  expect(await user.delete('/sys/data-rules', { pks: [hidden.rule.id, seen.rule.id] })).toSucceed()

  expect(await dataRuleCrud.get(reader(), seen.rule.id)).toBeNull()
  expect((await linksOf(seen)).rules).toEqual([])
  expect(await dataRuleCrud.get(reader(), hidden.rule.id)).not.toBeNull()
  expect((await linksOf(hidden)).rules).toEqual([hidden.rule.id])
})
