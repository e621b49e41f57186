import { AppError, createEnforcer, env, policiesOf, roleSubject, userSubject, type Db } from '#core'
import { casbinRuleCrud } from '../crud/casbin-rule'
import { roleMenuCrud, userRoleCrud } from '../crud/links'
import { menuCrud } from '../crud/menu'
import { roleCrud } from '../crud/role'
import { userCrud } from '../crud/user'
import { loadUser } from './identity'

export interface RightsComparison {
  users: number
  questions: number
  /** `user: code`, where the compiled rights and casbin differ. */
  differences: string[]
}

/** One thing to be allowed or not, with what casbin is asked about it. */
interface Question {
  code: string
  method: string
  path: string
}

/**
 * Asks casbin, with the policies of many users at once, and the compiled rights of each user the same questions.
 * @param size how many of the newest users are asked about
 */
export async function compareRights(db: Db, size: number): Promise<RightsComparison> {
  const sample = await userCrud.find(db, { where: { status: 1 }, order: [['id', 'DESC']], limit: size })
  const mode = env.RBAC_ROLE_MENU_MODE ? 'menu' : 'path'
  const { policies, questions } = await policiesAbout(db, sample)
  const enforcer = await createEnforcer(mode, policies)
  const result: RightsComparison = { users: 0, questions: 0, differences: [] }
  for (const user of sample) {
    const rights = await rightsOf(db, user.id)
    if (!rights) continue
    result.users += 1
    for (const { code, method, path } of questions) {
      const asked = mode === 'menu' ? [code] : [path, method]
      const isAllowed = await enforcer.enforce(userSubject(user.id), ...asked)
      result.questions += 1
      if (isAllowed !== rights.allows(code, method, path))
        result.differences.push(`${user.username}: ${asked.join(' ')}`)
    }
  }
  return result
}

/** Null for one who is locked out by department or roles. */
async function rightsOf(db: Db, id: string) {
  try {
    return (await loadUser(db, id)).rights
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

async function policiesAbout(db: Db, sample: { id: string; is_superuser: boolean }[]) {
  const memberships = await userRoleCrud.pairsOf(
    db,
    sample.map((user) => user.id),
  )
  const roles = await roleCrud.getMany(db, [...new Set(memberships.map(([, role]) => role))])
  const roleIds = roles.filter((role) => role.status === 1).map((role) => role.id)
  const [links, menus, rules] = await Promise.all([
    roleMenuCrud.pairsOf(db, roleIds),
    menuCrud.find(db),
    casbinRuleCrud.find(db),
  ])
  const perms = new Map(menus.map((menu) => [menu.id, menu.status === 1 ? menu.perms : null]))
  const policies = policiesOf({
    users: sample.map(({ id, is_superuser }) => ({
      id,
      is_superuser,
      role_ids: memberships.filter(([user]) => user === id).map(([, role]) => role),
    })),
    roles: roleIds.map((id) => ({
      id,
      perms: links.filter(([role]) => role === id).map(([, menu]) => perms.get(menu) ?? null),
    })),
    path_rules: rules
      .filter((rule) => roleIds.includes(rule.role_id))
      .map((rule) => ({ subject: roleSubject(rule.role_id), pattern: rule.path, method: rule.method })),
    free_codes: env.RBAC_ROLE_MENU_EXCLUDE,
  })
  return { policies, questions: questionsFrom(menus, rules) }
}

function questionsFrom(
  menus: { perms: string | null }[],
  rules: { method: string; path: string }[],
): Question[] {
  if (!env.RBAC_ROLE_MENU_MODE) {
    return rules.map(({ method, path }) => ({
      code: '',
      method: method === '*' ? 'GET' : method.toUpperCase(),
      path: path.replaceAll(/:\w+/g, '1').replaceAll('*', 'any'),
    }))
  }
  const codes = new Set(menus.flatMap((menu) => (menu.perms ?? '').split(',')).filter((code) => code !== ''))
  return [...codes, 'no:such:code'].map((code) => ({ code, method: 'GET', path: '/' }))
}
