import type { Db, Row } from '#core'
import { dataRuleCrud } from '../crud/data-rule'
import { dataScopeCrud } from '../crud/data-scope'
import { dataScopeRuleCrud, roleDataScopeCrud, roleMenuCrud } from '../crud/links'
import { menuCrud } from '../crud/menu'
import type { DataRule } from '../model/data-rule'
import type { DataScope } from '../model/data-scope'
import type { Menu } from '../model/menu'
import type { Role } from '../model/role'

export type ScopeWithRules = Row<DataScope> & { rules: Row<DataRule>[] }
export type RoleWithParts = Row<Role> & { menus: Row<Menu>[]; scopes: ScopeWithRules[] }

/** Adds menus and data scopes to roles, with as many queries for a hundred roles as for one. */
export async function withParts(
  db: Db,
  roles: Row<Role>[],
  { rules }: { rules: boolean },
): Promise<RoleWithParts[]> {
  const ids = roles.map((role) => role.id)
  const [menuPairs, scopePairs] = await Promise.all([
    roleMenuCrud.pairsOf(db, ids),
    roleDataScopeCrud.pairsOf(db, ids),
  ])
  const [menus, scopes] = await Promise.all([
    menuCrud.getMany(db, rightOf(menuPairs)),
    scopesOf(db, rightOf(scopePairs), rules),
  ])
  const menusOf = grouped(menuPairs, menus)
  const scopesOfRole = grouped(scopePairs, scopes)
  return roles.map((role) => ({
    ...role,
    menus: menusOf.get(role.id) ?? [],
    scopes: scopesOfRole.get(role.id) ?? [],
  }))
}

async function scopesOf(db: Db, ids: string[], withRules: boolean): Promise<ScopeWithRules[]> {
  const scopes = await dataScopeCrud.getMany(db, ids)
  const pairs = withRules ? await dataScopeRuleCrud.pairsOf(db, ids) : []
  const rulesOf = grouped(pairs, await dataRuleCrud.getMany(db, rightOf(pairs)))
  return scopes.map((scope) => ({ ...scope, rules: rulesOf.get(scope.id) ?? [] }))
}

type Pairs = [left: string, right: string][]

const rightOf = (pairs: Pairs): string[] => [...new Set(pairs.map(([, right]) => right))]

/** The rows on the right of each left id; pairs whose row is gone are passed over. */
export function grouped<T extends { id: string }>(pairs: Pairs, rows: T[]): Map<string, T[]> {
  const rowOf = new Map(rows.map((row) => [row.id, row]))
  const groups = new Map<string, T[]>()
  for (const [left, right] of pairs) {
    const row = rowOf.get(right)
    if (!row) continue
    const group = groups.get(left)
    if (group) group.push(row)
    else groups.set(left, [row])
  }
  return groups
}
