import { type Enforcer, newEnforcer, newModelFromString } from 'casbin'
import type { Rights } from '../common/types'
import { PathSet } from './path-set'

/**
 * Who may do what. The only file that knows casbin.
 *
 * `createEnforcer` is the definition of "allowed"; it walks every policy, so it is too slow for a request.
 * `compileRights` turns one user's policies into a set or a tree that answers in about a microsecond.
 * A property test holds both to the same answers.
 */
export type RbacMode = Rights['mode']

export interface Policies {
  /** `[subject, permission code]` */
  codes: (readonly [subject: string, code: string])[]
  /** `[subject, path pattern, method]`, the method in capitals or `*`; see `isPathPattern`. */
  paths: (readonly [subject: string, pattern: string, method: string])[]
  /** `[member, role]`: the member has all that the role has. */
  links: (readonly [member: string, role: string])[]
}

export const userSubject = (id: string) => `user:${id}`
export const roleSubject = (id: string) => `role:${id}`

/** Link a user to this role and everything is allowed. */
const SUPER_USER = 'super_user'
/** Every user of `policiesOf` has this role; it holds the codes that need no permission. */
const EVERYONE = 'everyone'

const HEAD = `
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
`

const MODELS: Record<RbacMode, string> = {
  menu: `
[request_definition]
r = sub, code
[policy_definition]
p = sub, code
${HEAD}
[matchers]
m = g(r.sub, "${SUPER_USER}") || r.code == "" || g(r.sub, p.sub) && r.code == p.code
`,
  path: `
[request_definition]
r = sub, path, method
[policy_definition]
p = sub, path, method
${HEAD}
[matchers]
m = g(r.sub, "${SUPER_USER}") || g(r.sub, p.sub) && keyMatch2(r.path, p.path) && (p.method == "*" || r.method == p.method)
`,
}

export interface GrantedUser {
  id: string
  is_superuser: boolean
  /** Ids of the enabled roles. */
  role_ids: string[]
}

export interface GrantedRole {
  id: string
  /** The `perms` texts of the enabled menus of the role: codes joined by commas, or null. */
  perms: (string | null)[]
}

/** One row of the path rules: what a role (or a single user) may call. One whose pattern is none grants nothing. */
export interface PathRule {
  subject: string
  pattern: string
  method: string
}

export interface Grants {
  users: GrantedUser[]
  roles: GrantedRole[]
  path_rules?: PathRule[]
  /** Codes that nobody needs (`RBAC_ROLE_MENU_EXCLUDE`). */
  free_codes?: readonly string[]
}

/** Derives policies from users, roles and menus: of one user for `compileRights`, of all for `createEnforcer`. */
export function policiesOf({ users, roles, path_rules = [], free_codes = [] }: Grants): Policies {
  const known = new Set(roles.map((role) => role.id))
  return {
    codes: [
      ...free_codes.map((code) => [EVERYONE, code] as const),
      ...roles.flatMap((role) => splitCodes(role.perms).map((code) => [roleSubject(role.id), code] as const)),
    ],
    paths: path_rules
      .filter((rule) => isPathPattern(rule.pattern))
      .map((rule) => [rule.subject, rule.pattern, rule.method.toUpperCase()] as const),
    links: users.flatMap((user) => linksOf(user, known)),
  }
}

function linksOf(user: GrantedUser, known: ReadonlySet<string>) {
  const roles = user.role_ids.filter((id) => known.has(id)).map(roleSubject)
  const all = [...roles, EVERYONE, ...(user.is_superuser ? [SUPER_USER] : [])]
  return all.map((role) => [userSubject(user.id), role] as const)
}

/** Distinct codes of menus' `perms` texts, split on commas and, as the contract has it, not trimmed. */
export function splitCodes(perms: (string | null)[]): string[] {
  return [...new Set(perms.flatMap((text) => (text ?? '').split(',')).filter((code) => code !== ''))]
}

/**
 * The casbin enforcer that defines what is allowed.
 * Ask it `enforce(subject, code ?? '')` in menu mode, `enforce(subject, path, method)` in path mode.
 * @throws RangeError on a path pattern that `isPathPattern` refuses
 */
export async function createEnforcer(mode: RbacMode, policies: Policies): Promise<Enforcer> {
  const enforcer = await newEnforcer(newModelFromString(MODELS[mode]))
  await enforcer.addNamedPolicies(
    'p',
    distinct(mode === 'menu' ? policies.codes : policies.paths.map(asPathPolicy)),
  )
  await enforcer.addGroupingPolicies(distinct(policies.links))
  return enforcer
}

/** casbin refuses a whole batch that holds a rule twice. */
function distinct(rules: (readonly string[])[]): string[][] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), [...rule]])).values()]
}

function asPathPolicy([subject, pattern, method]: Policies['paths'][number]): string[] {
  if (!isPathPattern(pattern)) throw new RangeError(`not a path pattern: ${pattern}`)
  return [subject, escapeDots(pattern), method]
}

/** keyMatch2 hands everything but `/*` and `:name` to RegExp; of what we accept, only the dot means something there. */
const escapeDots = (pattern: string) => pattern.replaceAll('.', '\\.')

const PATTERN = /^\/$|^(\/([\w.~-]+|:\w+))*(\/\*)?$/

/**
 * Whether a text may be used as a path rule: `*` for everything, or segments of letters, digits and `_ . ~ -`,
 * `:name` for any one segment, `/*` at the end for everything below. Nothing else, so that no pattern can be made
 * that takes long to match.
 */
export function isPathPattern(text: string): boolean {
  return text === '*' || (text !== '' && text.length <= 255 && PATTERN.test(text))
}

/** Compiles what `createEnforcer` would answer for one user. Give it that user's policies only: it is then cheap. */
export async function compileRights(mode: RbacMode, userId: string, policies: Policies): Promise<Rights> {
  const enforcer = await createEnforcer(mode, policies)
  const me = userSubject(userId)
  const roles = await enforcer.getImplicitRolesForUser(me)
  const mine = new Set([me, ...roles])
  const held = policies.codes.filter(([subject]) => mine.has(subject))
  const codes = new Set(held.filter(([subject]) => subject !== EVERYONE).map(([, code]) => code))
  const everything = roles.includes(SUPER_USER)
  const rules = await enforcer.getImplicitPermissionsForUser(me)
  const allowed = mode === 'menu' ? allowedCodes(rules) : allowedPaths(rules)
  return { mode, codes, allows: (code, method, path) => everything || allowed(code, method, path) }
}

function allowedCodes(rules: string[][]): Rights['allows'] {
  const codes = new Set(rules.map(([, code]) => code))
  return (code) => code === null || code === '' || codes.has(code)
}

function allowedPaths(rules: string[][]): Rights['allows'] {
  const byMethod = new Map<string, PathSet>()
  for (const [, pattern = '', method = ''] of rules) {
    const paths = byMethod.get(method) ?? new PathSet()
    paths.add(pattern.replaceAll('\\.', '.'))
    byMethod.set(method, paths)
  }
  const any = byMethod.get('*')
  return (_code, method, path) => (byMethod.get(method)?.has(path) || any?.has(path)) ?? false
}
