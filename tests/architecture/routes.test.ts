import { z } from 'zod'
import { modules } from '../../src/app/modules'
import { mountedRoutes, type AnyRoute } from './routes'
import { signIn, stranger, useApp, type Client } from '#testing'

useApp()

const all = mountedRoutes(modules)
const label = ({ route, pattern }: (typeof all)[number]) => `${route.method.toUpperCase()} ${pattern}`
const concrete = (pattern: string) => pattern.replace(/:[a-z_]+/g, '1')

const codes = [...new Set(all.map(({ route }) => route.access).filter((code) => code.includes(':')))]
/** Two users hold all codes between them: for each code there is one who holds half of them, but not this one. */
const halves = [codes.filter((_, at) => at % 2 === 0), codes.filter((_, at) => at % 2 === 1)]
let users: Client[] = []
beforeAll(async () => {
  users = await Promise.all(halves.map((can) => signIn({ can })))
})

/** Replies whose purpose is to hand out what no other may contain. */
const MAY_HAND_OUT_SECRETS = new Set([
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/login/swagger',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/sys/users/me/mfa',
])

describe.each(all.map((mounted) => ({ name: label(mounted), ...mounted })))(
  '$name',
  ({ name, route, pattern }) => {
    if (route.access !== 'public') {
      it('asks a stranger to sign in', async () => {
        const answer = await stranger().send(route.method.toUpperCase(), concrete(pattern))

        expect(answer).toFail(401, 'auth.not_authenticated')
      })
    }

    if (route.access !== 'public' && route.access !== 'signed_in') {
      it('refuses somebody who holds half of all codes, but not its own', async () => {
        const user = users[halves.findIndex((half) => !half.includes(route.access))]

        const answer = await user?.send(route.method.toUpperCase(), concrete(pattern))

        expect(answer).toFail(403, 'auth.permission_denied')
      })
    }

    it('says what it is called and what may leave', () => {
      expect(route.title).toMatch(/^[A-Z].{3,}$/)
      expect(route.reply.schema).toBeDefined()
    })

    it('lets no secret out', () => {
      const secrets = keysOf(route).filter(
        (key) => /password|salt|token|secret/.test(key) && key !== 'password_expire_days_remaining',
      )

      expect(MAY_HAND_OUT_SECRETS.has(name) ? [] : secrets).toEqual([])
    })
  },
)

/** Every key that the reply may contain, at any depth. */
function keysOf(route: AnyRoute): string[] {
  const keys: string[] = []
  JSON.stringify(
    z.toJSONSchema(route.reply.schema, { io: 'output', unrepresentable: 'any' }),
    (key, value: unknown) => {
      if (key === 'properties' && typeof value === 'object' && value) keys.push(...Object.keys(value))
      return value
    },
  )
  return keys
}
