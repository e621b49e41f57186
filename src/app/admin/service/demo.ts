import {
  conflict,
  env,
  generatePassword,
  hashPassword,
  nextId,
  passwordPolicy,
  type Call,
  type Db,
} from '#core'
import { dataRuleCrud } from '../crud/data-rule'
import { dataScopeCrud } from '../crud/data-scope'
import { deptCrud } from '../crud/dept'
import { dataScopeRuleCrud, roleDataScopeCrud, userRoleCrud } from '../crud/links'
import { passwordHistoryCrud } from '../crud/password-history'
import { roleCrud } from '../crud/role'
import { userCrud } from '../crud/user'

/** How many rows were added, by what they are; zero where everything was there. */
export interface Seeded {
  depts: number
  rules: number
  scopes: number
  links: number
  users: number
  /** The password of the user `test`, when that user was made now. */
  password: string | null
}

const FIRST = '测试'

/** Name, parent, order: two departments below the first, and a tree that members of the first may not see. */
const DEPTS: [name: string, parent: string | null, sort: number][] = [
  ['研发部', FIRST, 1],
  ['运营部', FIRST, 2],
  ['总部', null, 1],
  ['财务部', '总部', 1],
]

/** Name, model, column, operator (0 and, 1 or), expression (0 equal, 1 not equal), value. */
const RULES: [string, string, string, number, number, string][] = [
  ['部门 ID 等于当前用户部门', 'Dept', '__dept_id__', 0, 0, '${dept_id}'],
  ['部门名称等于测试', 'Dept', 'name', 1, 0, FIRST],
  ['父部门 ID 等于测试部门 ID', 'Dept', 'parent_id', 0, 0, ''],
  ['创建者等于当前用户', '__ALL__', '__created_by__', 0, 0, '${user_id}'],
  ['全模型部门 ID 等于当前用户部门', '__ALL__', '__dept_id__', 0, 0, '${dept_id}'],
  ['用户非超级管理员', 'User', 'is_superuser', 0, 1, '1'],
]

const SCOPES: [name: string, rules: string[]][] = [
  ['本部门数据权限', ['部门 ID 等于当前用户部门']],
  ['测试部门及以下数据权限', ['部门名称等于测试', '父部门 ID 等于测试部门 ID']],
  ['仅本人数据权限', ['创建者等于当前用户']],
  ['全模型本部门数据权限', ['全模型部门 ID 等于当前用户部门']],
  ['排除超级管理员数据权限', ['用户非超级管理员']],
]

/** What the first role is given of them. */
const SCOPES_OF_FIRST_ROLE = ['本部门数据权限', '测试部门及以下数据权限']

/**
 * Adds the demo data of contract 9.1 and 9.2. Rows are recognised by their names: what is there is left as it is, so
 * this may be repeated, and after a change by hand too.
 * @throws 409 when the first department or role is gone, which the migrations make
 */
export async function seedDemo(call: Call): Promise<Seeded> {
  const { db } = call
  const dept = await deptCrud.first(db, { name: FIRST, parent_id: null, del_flag: false })
  const role = await roleCrud.first(db, { name: FIRST })
  if (!dept || !role) throw conflict('seed.first_missing')
  const depts = await addDepts(db, dept.id)
  const rules = await addRules(db, dept.id)
  const scopes = await addScopes(db)
  const links = (await linkRules(db)) + (await linkScopes(db, role.id))
  const password = await addTestUser(db, dept.id, role.id)
  call.outdates('rights')
  return { depts, rules, scopes, links, users: password === null ? 0 : 1, password }
}

async function addDepts(db: Db, first: string): Promise<number> {
  const found = await deptCrud.find(db, { where: { name: DEPTS.map(([name]) => name), del_flag: false } })
  const ids = new Map([[FIRST, first], ...found.map((dept) => [dept.name, dept.id] as const)])
  const missing = DEPTS.filter(([name]) => !ids.has(name))
  for (const [name] of missing) ids.set(name, nextId())
  const rows = missing.map(([name, parent, sort]) => ({
    id: ids.get(name),
    name,
    sort,
    parent_id: parent === null ? null : (ids.get(parent) ?? null),
  }))
  await deptCrud.createMany(db, rows)
  return rows.length
}

async function addRules(db: Db, first: string): Promise<number> {
  const found = await dataRuleCrud.find(db, { where: { name: RULES.map(([name]) => name) } })
  const there = new Set(found.map((rule) => rule.name))
  const rows = RULES.filter(([name]) => !there.has(name)).map(
    ([name, model, column, operator, expression, value]) => ({
      name,
      model,
      column,
      operator,
      expression,
      value: value || first,
    }),
  )
  await dataRuleCrud.createMany(db, rows)
  return rows.length
}

async function addScopes(db: Db): Promise<number> {
  const found = await dataScopeCrud.find(db, { where: { name: SCOPES.map(([name]) => name) } })
  const there = new Set(found.map((scope) => scope.name))
  const rows = SCOPES.filter(([name]) => !there.has(name)).map(([name]) => ({ name }))
  await dataScopeCrud.createMany(db, rows)
  return rows.length
}

async function linkRules(db: Db): Promise<number> {
  const [scopes, rules] = await Promise.all([
    dataScopeCrud.find(db, { where: { name: SCOPES.map(([name]) => name) } }),
    dataRuleCrud.find(db, { where: { name: RULES.map(([name]) => name) } }),
  ])
  const scopeOf = new Map(scopes.map((scope) => [scope.name, scope.id]))
  const ruleOf = new Map(rules.map((rule) => [rule.name, rule.id]))
  const there = await dataScopeRuleCrud.pairsOf(db, [...scopeOf.values()])
  const wanted = SCOPES.flatMap(([scope, names]) =>
    names.map((name) => [scopeOf.get(scope), ruleOf.get(name)]),
  )
  const rows = missingPairs(wanted, there).map(([scope, rule]) => ({
    data_scope_id: scope,
    data_rule_id: rule,
  }))
  await dataScopeRuleCrud.createMany(db, rows)
  return rows.length
}

async function linkScopes(db: Db, roleId: string): Promise<number> {
  const scopes = await dataScopeCrud.find(db, { where: { name: SCOPES_OF_FIRST_ROLE } })
  const there = await roleDataScopeCrud.pairsOf(db, [roleId])
  const wanted = scopes.map((scope) => [roleId, scope.id])
  const rows = missingPairs(wanted, there).map(([, scope]) => ({ role_id: roleId, data_scope_id: scope }))
  await roleDataScopeCrud.createMany(db, rows)
  return rows.length
}

function missingPairs(wanted: (string | undefined)[][], there: [string, string][]): [string, string][] {
  const known = new Set(there.map((pair) => pair.join(' ')))
  return wanted.flatMap(([left, right]): [string, string][] =>
    left === undefined || right === undefined || known.has(`${left} ${right}`) ? [] : [[left, right]],
  )
}

/** The well-known password is what the web UI fills in by itself; in production it would be an open door. */
async function addTestUser(db: Db, deptId: string, roleId: string): Promise<string | null> {
  const taken = (await userCrud.byUsername(db, 'test')) ?? (await userCrud.byEmail(db, 'test@example.com'))
  if (taken) return null
  const text = env.ENVIRONMENT === 'prod' ? generatePassword(await passwordPolicy()) : '123456'
  const password = await hashPassword(text)
  const user = await userCrud.create(db, {
    username: 'test',
    nickname: '用户66666',
    email: 'test@example.com',
    password,
    dept_id: deptId,
  })
  await passwordHistoryCrud.append(db, [{ user_id: user.id, password }])
  await userRoleCrud.create(db, { user_id: user.id, role_id: roleId })
  return text
}
