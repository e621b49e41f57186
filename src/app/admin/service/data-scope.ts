import { conflict, notFound, nothingChanged, type Call, type Db, type Page, type Row } from '#core'
import { dataRuleCrud } from '../crud/data-rule'
import { dataScopeCrud } from '../crud/data-scope'
import { dataScopeRuleCrud, roleDataScopeCrud } from '../crud/links'
import type { DataRule } from '../model/data-rule'
import type { DataScope } from '../model/data-scope'
import type { DataScopeList, SaveDataScope } from '../schema/data-scope'

export const all = (call: Call): Promise<Row<DataScope>[]> => dataScopeCrud.all(call.db)

export const list = (call: Call, query: DataScopeList): Promise<Page<Row<DataScope>>> =>
  dataScopeCrud.list(call.db, query, query)

export async function get(call: Call, id: string): Promise<Row<DataScope>> {
  const scope = await dataScopeCrud.get(call.db, id)
  if (!scope) throw notFound('data_scope.not_found')
  return scope
}

/** A scope with its rules, in the order in which the rules were made. */
export async function getWithRules(
  call: Call,
  id: string,
): Promise<Row<DataScope> & { rules: Row<DataRule>[] }> {
  const scope = await get(call, id)
  const rules = await dataRuleCrud.getMany(call.db, await dataScopeRuleCrud.rightOf(call.db, id))
  return { ...scope, rules: rules.sort((a, b) => (a.id < b.id ? -1 : 1)) }
}

export async function create(call: Call, input: SaveDataScope): Promise<void> {
  await checkName(call.db, input.name)
  await dataScopeCrud.create(call.db, input)
}

export async function update(call: Call, id: string, input: SaveDataScope): Promise<void> {
  await mustLock(call.db, id)
  await checkName(call.db, input.name, id)
  await dataScopeCrud.update(call.db, id, input)
  call.outdates('rights')
}

/** @param ruleIds become exactly the rules of the scope */
export async function setRules(call: Call, id: string, ruleIds: string[]): Promise<void> {
  await mustLock(call.db, id)
  const known = await dataRuleCrud.lockMany(call.db, ruleIds)
  if (known.length < ruleIds.length) throw notFound('data_rule.not_found')
  await dataScopeRuleCrud.replace(call.db, id, ruleIds)
  call.outdates('rights')
}

/** Deletes scopes with their ties to roles and rules; unknown ids, and those the caller may not see, are passed over. */
export async function remove(call: Call, ids: string[]): Promise<void> {
  const known = (await dataScopeCrud.lockMany(call.db, ids)).map((scope) => scope.id)
  if (known.length === 0) throw nothingChanged()
  await roleDataScopeCrud.removeRight(call.db, known)
  await dataScopeRuleCrud.removeLeft(call.db, known)
  await dataScopeCrud.remove(call.db, known)
  call.outdates('rights')
}

async function mustLock(db: Db, id: string): Promise<void> {
  if (!(await dataScopeCrud.lock(db, id))) throw notFound('data_scope.not_found')
}

async function checkName(db: Db, name: string, own?: string): Promise<void> {
  const other = await dataScopeCrud.byName(db, name)
  if (other && other.id !== own) throw conflict('data_scope.name_taken')
}
