import fc, { runs } from '../support/property'
import {
  compileRights,
  createEnforcer,
  type Grants,
  isPathPattern,
  policiesOf,
  roleSubject,
  splitCodes,
  userSubject,
} from '../../src/security/rbac'

const CODES = ['sys:user:add', 'sys:user:del', 'sys:role:add', 'log:del', ' log:del', 'dict:type:add']
const PATTERNS = [
  '*',
  '/',
  '/*',
  '/users',
  '/users/:id',
  '/users/:id/roles',
  '/users/*',
  '/a.b',
  '/:any',
  '/users/:id/:what',
]
const PATHS = [
  '/',
  '/users',
  '/users/',
  '/users/1',
  '/users/1/roles',
  '/users/1/roles/2',
  '/a.b',
  '/aXb',
  '/Users',
  '',
]
const METHODS = ['GET', 'POST', 'DELETE']

const ids = ['1', '2', '3', '12']
const menu = fc.record({
  enabled: fc.boolean(),
  perms: fc.option(fc.array(fc.constantFrom(...CODES), { maxLength: 3 }).map((codes) => codes.join(','))),
})
const role = fc.record({ enabled: fc.boolean(), menus: fc.array(menu, { maxLength: 3 }) })
const pathRule = fc.record({
  subject: fc.constantFrom(...ids.flatMap((id) => [userSubject(id), roleSubject(id)])),
  pattern: fc.constantFrom(...PATTERNS),
  method: fc.constantFrom('*', 'get', ...METHODS),
})

/** A whole organisation: as the tables would hold it, boiled down as the loader of users does. */
const grants: fc.Arbitrary<Grants> = fc
  .record({
    roles: fc.tuple(role, role, role),
    members: fc.array(
      fc.record({ is_superuser: fc.boolean(), role_ids: fc.uniqueArray(fc.constantFrom('1', '2', '3')) }),
      { minLength: 1, maxLength: ids.length },
    ),
    path_rules: fc.array(pathRule, { maxLength: 6 }),
    free_codes: fc.subarray(CODES.slice(0, 2)),
  })
  .map(({ roles, members, path_rules, free_codes }) => ({
    users: members.map((member, at) => ({ id: ids[at] ?? '', ...member })),
    roles: roles
      .map((one, at) => ({ id: String(at + 1), ...one }))
      .filter((one) => one.enabled)
      .map((one) => ({
        id: one.id,
        perms: one.menus.filter((item) => item.enabled).map((item) => item.perms),
      })),
    path_rules,
    free_codes,
  }))

const only = (all: Grants, id: string): Grants => {
  const user = all.users.find((one) => one.id === id)
  const roles = all.roles.filter((one) => user?.role_ids.includes(one.id))
  const subjects = [userSubject(id), ...roles.map((one) => roleSubject(one.id))]
  return {
    ...all,
    users: user ? [user] : [],
    roles,
    path_rules: all.path_rules?.filter((rule) => subjects.includes(rule.subject)),
  }
}

describe('compiled rights say what casbin says', () => {
  it('about permission codes', async () => {
    const requests = [null, '', ...CODES, 'unknown:code']
    await fc.assert(
      fc.asyncProperty(grants, async (all) => {
        const enforcer = await createEnforcer('menu', policiesOf(all))
        for (const { id } of all.users) {
          const rights = await compileRights('menu', id, policiesOf(only(all, id)))
          for (const code of requests) {
            expect([id, code, rights.allows(code, 'GET', '/x')]).toEqual([
              id,
              code,
              await enforcer.enforce(userSubject(id), code ?? ''),
            ])
          }
        }
      }),
      { numRuns: runs(150) },
    )
  })

  it('about paths and methods', async () => {
    await fc.assert(
      fc.asyncProperty(grants, async (all) => {
        const enforcer = await createEnforcer('path', policiesOf(all))
        for (const { id } of all.users) {
          const rights = await compileRights('path', id, policiesOf(only(all, id)))
          for (const [method, path] of METHODS.flatMap((one) =>
            PATHS.map((where) => [one, where] as const),
          )) {
            expect([id, method, path, rights.allows('any:code', method, path)]).toEqual([
              id,
              method,
              path,
              await enforcer.enforce(userSubject(id), path, method),
            ])
          }
        }
      }),
      { numRuns: runs(100) },
    )
  })

  it('about paths nobody thought of', async () => {
    const segment = fc.constantFrom('users', '1', 'a.b', 'aXb', '~', '%2F', '', '*', ':id', 'a\nb', '\u2028')
    const path = fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`)
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.oneof(path.filter(isPathPattern), fc.constant('*')),
        async (asked, pattern) => {
          const policies = policiesOf({
            users: [{ id: '1', is_superuser: false, role_ids: [] }],
            roles: [],
            path_rules: [{ subject: userSubject('1'), pattern, method: '*' }],
          })
          const rights = await compileRights('path', '1', policies)
          const enforcer = await createEnforcer('path', policies)
          expect(rights.allows(null, 'GET', asked)).toBe(
            await enforcer.enforce(userSubject('1'), asked, 'GET'),
          )
        },
      ),
      { numRuns: runs(1000) },
    )
  })
})

describe('a user', () => {
  const grant = (is_superuser: boolean, perms: string[]): Grants => ({
    users: [{ id: '1', is_superuser, role_ids: ['7'] }],
    roles: [{ id: '7', perms }],
    free_codes: ['free:for:all'],
  })

  it('holds the codes of all menus of his roles, and may use the free ones without holding them', async () => {
    const rights = await compileRights('menu', '1', policiesOf(grant(false, ['a:b:c,d:e:f', 'd:e:f'])))

    expect([...rights.codes].sort()).toEqual(['a:b:c', 'd:e:f'])
    expect(rights.allows('free:for:all', 'POST', '/')).toBe(true)
  })

  it('who is super user may do everything', async () => {
    const menuRights = await compileRights('menu', '1', policiesOf(grant(true, [])))
    const pathRights = await compileRights('path', '1', policiesOf(grant(true, [])))

    expect(menuRights.allows('x:y:z', 'POST', '/x')).toBe(true)
    expect(pathRights.allows('x:y:z', 'POST', '/x')).toBe(true)
  })

  it('is not made super user by a role or a code of that name', async () => {
    const policies = policiesOf({
      users: [{ id: '1', is_superuser: false, role_ids: ['super_user', 'everyone'] }],
      roles: [{ id: 'super_user', perms: ['super_user,*'] }],
    })
    const rights = await compileRights('menu', '1', policies)

    expect(rights.allows('x:y:z', 'POST', '/x')).toBe(false)
  })

  it('keeps his codes in path mode, where they decide nothing', async () => {
    const rights = await compileRights('path', '1', policiesOf(grant(false, ['a:b:c'])))

    expect([...rights.codes]).toEqual(['a:b:c'])
    expect(rights.allows('a:b:c', 'GET', '/x')).toBe(false)
  })
})

it('splits codes on commas, drops empty ones, and does not trim', () => {
  expect(splitCodes(['a,b', null, '', 'b, c,'])).toEqual(['a', 'b', ' c'])
})

it.each(['*', '/', '/*', '/users', '/users/:id', '/a.b-c_d~e/*', '/v1/:y'])(
  '%s is a path pattern',
  (text) => {
    expect(isPathPattern(text)).toBe(true)
  },
)

it.each([
  '',
  'users',
  '/(a+)+$',
  '/users/**',
  '/*/x',
  '/users/',
  '/:',
  '/a b',
  '/[^/]+',
  '/a|b',
  '//',
  '/a\n',
  '/x'.repeat(200),
])('%j is no path pattern and grants nothing', async (pattern) => {
  const policies = policiesOf({
    users: [],
    roles: [],
    path_rules: [{ subject: 'role:1', pattern, method: '*' }],
  })

  expect(isPathPattern(pattern)).toBe(false)
  expect(policies.paths).toEqual([])
  const slippedIn = { ...policies, paths: [['role:1', pattern, '*'] as const] }
  await expect(createEnforcer('path', slippedIn)).rejects.toThrow('not a path pattern')
})
