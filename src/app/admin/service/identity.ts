import {
  EpochCache,
  compileRights,
  env,
  epochKeys,
  forbidden,
  parseEpochs,
  policiesOf,
  readKeys,
  reader,
  redis,
  readSession,
  unauthorized,
  roleSubject,
  type CurrentUser,
  type Db,
  type Row,
} from '#core'
import { casbinRuleCrud } from '../crud/casbin-rule'
import { dataRuleCrud } from '../crud/data-rule'
import { dataScopeCrud } from '../crud/data-scope'
import { deptCrud } from '../crud/dept'
import { dataScopeRuleCrud, roleDataScopeCrud, roleMenuCrud, userRoleCrud } from '../crud/links'
import { menuCrud } from '../crud/menu'
import { roleCrud } from '../crud/role'
import { userCrud } from '../crud/user'
import type { Role } from '../model/role'
import type { User } from '../model/user'

const cache = new EpochCache<CurrentUser>({ max: 10_000 })

/** The user behind an access token. @throws 401 for a bad token, 403 for a locked user, department or role */
export async function identify(token: string): Promise<CurrentUser> {
  const session = await readSession(token)
  const user = await cache.get(session.user_id, session.epochs, () => loadUser(reader(), session.user_id))
  return { ...user, session_uuid: session.session_uuid, family: session.family }
}

/** Somebody whose token was checked before, such as the owner of an open socket, with the rights of this moment. */
export async function currentUser(id: string): Promise<CurrentUser> {
  const epochs = parseEpochs(await readKeys(redis(), epochKeys(['rights', `user:${id}`])))
  return cache.get(id, epochs, () => loadUser(reader(), id))
}

/** Everything that deciding about a user's requests needs; checks in the order of contract 4.2. */
export async function loadUser(db: Db, id: string): Promise<CurrentUser> {
  const user = await userCrud.get(db, id)
  if (!user) throw unauthorized('auth.token_invalid')
  if (user.status === 0) throw forbidden('auth.user_locked')
  await checkDept(db, user)
  const roles = await enabledRoles(db, user)
  return {
    ...pick(user),
    roles: roles.map(asRights),
    ...(await grantsOf(db, user, roles)),
    lacks_mfa: !user.mfa_enabled && roles.some((role) => role.is_mfa_required),
    session_uuid: '',
    family: '',
  }
}

async function checkDept(db: Db, user: Row<User>): Promise<void> {
  const dept = user.dept_id === null ? null : await deptCrud.get(db, user.dept_id)
  if (dept?.status === 0) throw forbidden('auth.dept_locked')
  if (dept?.del_flag) throw forbidden('auth.dept_deleted')
}

/** A user all of whose roles are disabled is locked out; one without any role is not. */
async function enabledRoles(db: Db, user: Row<User>): Promise<Row<Role>[]> {
  const roles = await roleCrud.getMany(db, await userRoleCrud.rightOf(db, user.id))
  const enabled = roles.filter((role) => role.status === 1)
  if (roles.length > 0 && enabled.length === 0) throw forbidden('auth.roles_locked')
  return enabled
}

async function grantsOf(db: Db, user: Row<User>, roles: Row<Role>[]) {
  const roleIds = roles.map((role) => role.id)
  const [menus, rules] = await Promise.all([menusOf(db, roleIds), rowRulesOf(db, roleIds)])
  const mode = env.RBAC_ROLE_MENU_MODE ? 'menu' : 'path'
  const policies = policiesOf({
    users: [{ id: user.id, is_superuser: user.is_superuser, role_ids: roleIds }],
    roles: roleIds.map((id) => ({ id, perms: menus.filter((m) => m.role_id === id).map((m) => m.perms) })),
    path_rules: mode === 'path' ? await pathRulesOf(db, roleIds) : [],
    free_codes: env.RBAC_ROLE_MENU_EXCLUDE,
  })
  return {
    rights: await compileRights(mode, user.id, policies),
    has_menus: menus.length > 0,
    row_rules: rules,
  }
}

/** Permission texts of the roles' menus; a disabled menu counts as a menu but grants nothing. */
async function menusOf(db: Db, roleIds: string[]) {
  const pairs = await roleMenuCrud.pairsOf(db, roleIds)
  const menus = await menuCrud.getMany(
    db,
    pairs.map(([, menu]) => menu),
  )
  const perms = new Map(menus.map((menu) => [menu.id, menu.status === 1 ? menu.perms : null]))
  return pairs
    .filter(([, menu]) => perms.has(menu))
    .map(([role, menu]) => ({ role_id: role, perms: perms.get(menu) ?? null }))
}

async function rowRulesOf(db: Db, roleIds: string[]) {
  const scopes = await dataScopeCrud.getMany(db, await roleDataScopeCrud.rightOf(db, ...roleIds))
  const enabled = scopes.filter((scope) => scope.status === 1).map((scope) => scope.id)
  return dataRuleCrud.getMany(db, await dataScopeRuleCrud.rightOf(db, ...enabled))
}

async function pathRulesOf(db: Db, roleIds: string[]) {
  const rules = await casbinRuleCrud.find(db, { where: { role_id: roleIds } })
  return rules.map((rule) => ({
    subject: roleSubject(rule.role_id),
    pattern: rule.path,
    method: rule.method,
  }))
}

const asRights = ({ id, name, is_filter_scopes }: Row<Role>) => ({ id, name, is_filter_scopes })

const pick = ({
  id,
  uuid,
  username,
  nickname,
  is_superuser,
  is_staff,
  is_multi_login,
  dept_id,
}: Row<User>) => ({
  id,
  uuid,
  username,
  nickname,
  is_superuser,
  is_staff,
  is_multi_login,
  dept_id,
})
