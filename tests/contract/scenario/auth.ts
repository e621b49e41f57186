import { randomUUID } from 'node:crypto'
import { userCrud } from '../../../src/app/admin/crud/user'
import { reader } from '../../../src/infra/database'
import { signToken } from '../../../src/security/token'
import { buildUser, PASSWORD, stranger, unique, type Answer } from '#testing'
import type { Elsewhere, Provocation, Scenarios, Turn } from './turn'

const withCaptcha = (key: string): Elsewhere => ({
  elsewhere: 'tests/app/admin/api/auth-settings.test.ts',
  key,
})
const WRONG = 'wrong-password-1'

type Call = (username: string, password: string) => Turn

const byBody: Call = (username, password) => ({ body: { username, password } })
const byQuery: Call = (username, password) => ({ query: { username, password } })

const failed = async (username: string, times: number): Promise<void> => {
  for (let i = 0; i < times; i += 1) await stranger().post('/auth/login', { username, password: WRONG })
}

/** What a log-in may be refused for, whichever endpoint it goes through. */
const refusals = (call: Call): Record<string, Provocation> => ({
  'E404-login': {
    prepare: () => call(unique('nobody'), PASSWORD),
    answers: { status: 403, because: 'an unknown name and a wrong password look the same (D26)' },
  },
  'E403-login': { prepare: async () => call((await buildUser()).username, WRONG) },
  'E403-login-disabled': {
    prepare: async () => call((await buildUser({ status: 0 })).username, PASSWORD),
  },
  'E403-lock-now': {
    prepare: async () => {
      const { username } = await buildUser()
      await failed(username, 4)
      return call(username, WRONG)
    },
  },
  'E403-locked': {
    prepare: async () => {
      const { username } = await buildUser()
      await failed(username, 5)
      return call(username, PASSWORD)
    },
  },
  'E403-pwd-expired': {
    prepare: async () =>
      call((await buildUser({ last_password_changed_time: new Date(0) })).username, PASSWORD),
  },
})

/** Headers of a client that holds the refresh cookie of an answer. */
export const withCookieOf = (answer: Answer): Record<string, string> => ({
  Cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '',
})

const cookie = (token: string) => ({ headers: { Cookie: `fba_refresh_token=${token}` } })

/** Logs a new user in. */
export async function login(values: Parameters<typeof buildUser>[0] = {}) {
  const user = await buildUser(values)
  const answer = await stranger().post('/auth/login', { username: user.username, password: PASSWORD })
  return { user, answer, headers: withCookieOf(answer) }
}

const sessionOf = (user_id: string) => ({ user_id, session_uuid: randomUUID(), family: randomUUID() })

export const authScenarios: Scenarios = {
  'GET /auth/captcha': { prepare: () => ({}), errors: { E429: withCaptcha('request.too_many') } },
  'POST /auth/login': {
    prepare: async () => byBody((await buildUser()).username, PASSWORD),
    meaningful: ['username', 'password'],
    errors: {
      E429: withCaptcha('request.too_many'),
      'E400-captcha-invalid': withCaptcha('error.captcha.invalid'),
      'E400-captcha-expired': withCaptcha('error.captcha.expired'),
      E40001: withCaptcha('error.captcha.error'),
      ...refusals(byBody),
    },
  },
  'POST /auth/login/swagger': {
    prepare: async () => byQuery((await buildUser()).username, PASSWORD),
    errors: refusals(byQuery),
  },
  'POST /auth/refresh': {
    prepare: async () => ({ headers: (await login()).headers }),
    errors: {
      'E400-refresh-missing': { prepare: () => ({}) },
      'E401-refresh': {
        prepare: async () => {
          const { user } = await login()
          return cookie(signToken('refresh', sessionOf(user.id), 60).token)
        },
      },
      'E401-invalid': { prepare: () => cookie('nonsense') },
      'E401-expired': { prepare: () => cookie(signToken('refresh', sessionOf('5'), -60).token) },
      'E404-user': {
        prepare: async () => {
          const { user, headers } = await login()
          await userCrud.remove(reader(), [user.id])
          return { headers }
        },
      },
      'E403-login-disabled': {
        prepare: async () => {
          const { user, headers } = await login()
          await userCrud.update(reader(), user.id, { status: 0 })
          return { headers }
        },
      },
      'E403-elsewhere': {
        prepare: async () => {
          const { user, headers } = await login({ is_multi_login: false })
          await stranger().post('/auth/login', { username: user.username, password: PASSWORD })
          return { headers }
        },
      },
    },
  },
  'POST /auth/logout': { prepare: async () => ({ headers: (await login()).headers }) },
  'GET /auth/codes': { prepare: () => ({}) },
}
