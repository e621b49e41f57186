import { compileRights, createEnforcer, policiesOf, userSubject, type Grants } from '../src/security/rbac'
import type { Line } from './line'

const ROLES = 10_000
const CODES_OF_A_ROLE = 10
const CHECKS = 2_000_000

/** An organisation with ten thousand roles; the measured user is a member of three. */
function organisation(): Grants {
  const perms = (role: number) =>
    Array.from({ length: CODES_OF_A_ROLE }, (_, n) => `module${role % 100}:thing${n}:edit`)
  const roles = Array.from({ length: ROLES }, (_, n) => ({ id: String(n), perms: perms(n) }))
  return { users: [{ id: '1', is_superuser: false, role_ids: ['17', '4711', '9999'] }], roles }
}

/** Time of one permission check, and casbin's own answer to the same question as a yardstick. */
export async function rightsLines(): Promise<Line[]> {
  const whole = organisation()
  const mine = new Set(whole.users[0]?.role_ids)
  const own = policiesOf({ ...whole, roles: whole.roles.filter((role) => mine.has(role.id)) })
  const rights = await compileRights('menu', '1', own)
  const begun = performance.now()
  let allowed = 0
  for (let n = 0; n < CHECKS; n += 1)
    if (rights.allows(`module${n % 100}:thing3:edit`, 'GET', '/')) allowed += 1
  const each = ((performance.now() - begun) / CHECKS) * 1000
  const enforcer = await createEnforcer('menu', policiesOf(whole))
  const asked = performance.now()
  await enforcer.enforce(userSubject('1'), 'module11:thing3:edit')
  const law = (performance.now() - asked) * 1000
  const value = `${each.toFixed(3)} µs (casbin itself: ${Math.round(law)} µs; ${allowed} of ${CHECKS} allowed)`
  return [{ name: `permission check with ${ROLES} roles`, value, budget: '< 5 µs', ok: each < 5 }]
}
