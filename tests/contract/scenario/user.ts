import { passwordHistoryCrud } from '../../../src/app/admin/crud/password-history'
import { userCrud } from '../../../src/app/admin/crud/user'
import { reader } from '../../../src/infra/database'
import { redis } from '../../../src/infra/redis'
import { hashPassword } from '../../../src/security/password'
import { buildDept, buildUser, PASSWORD, unique } from '#testing'
import { roleWithScopes } from './rules'
import {
  NOBODY,
  type Elsewhere,
  type Provocation,
  type Scenarios,
  type SignedInCaller,
  type Turn,
} from './turn'

const NEW_PASSWORD = 'another-horse-2'
const WITH_POLICY: Elsewhere = {
  elsewhere: 'tests/security/password.test.ts',
  key: 'password.needs_special',
}

const email = () => `${unique('mail')}@example.com`

/** A mobile number that nobody has. */
const phone = () => `139${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`

export const newUser = async (values: object = {}) => ({
  username: unique('user'),
  password: PASSWORD,
  nickname: 'Ann',
  email: email(),
  phone: phone(),
  dept_id: (await buildDept()).id,
  roles: [(await roleWithScopes()).id],
  ...values,
})

export const changedUser = async (values: object = {}) => ({
  dept_id: (await buildDept()).id,
  username: unique('user'),
  nickname: 'Ann',
  avatar: 'https://example.com/a.png',
  email: email(),
  phone: phone(),
  roles: [(await roleWithScopes()).id],
  ...values,
})

/** A user with a department, a role with menu and scope, an avatar, an address and a number. */
export async function fullUser() {
  const user = await buildUser({ dept_id: (await buildDept()).id, email: email(), phone: phone() }, [
    (await roleWithScopes()).id,
  ])
  await userCrud.update(reader(), user.id, {
    avatar: 'https://example.com/a.png',
    last_login_time: new Date(),
  })
  return user
}

const somebody = async () => ({ pk: (await fullUser()).id })

/** Passwords that the policy refuses, by the error that says so. */
const REFUSED: Record<string, string> = {
  'E400-pwd-short': 'ab1',
  'E400-pwd-long': `a1${'x'.repeat(40)}`,
  'E400-pwd-digit': 'abcdefgh',
  'E400-pwd-letter': '12345678',
}

const refusedPasswords = (turn: (password: string) => Turn | Promise<Turn>) =>
  Object.fromEntries(
    Object.entries(REFUSED).map(([error, password]): [string, Provocation] => [
      error,
      { prepare: () => turn(password) },
    ]),
  )

/** Gives a user a password that counts as used before. */
const used = async (user_id: string, password: string) => {
  await passwordHistoryCrud.append(reader(), [{ user_id, password: await hashPassword(password) }])
}

const ownPassword = (new_password: string, values: object = {}): Turn => ({
  body: { old_password: PASSWORD, new_password, confirm_password: new_password, ...values },
})

const toggle = async (type: string): Promise<Turn> => ({ path: await somebody(), query: { type } })

export const userScenarios: Scenarios = {
  'GET /sys/users/me': { prepare: () => ({}) },
  'GET /sys/users/{pk}': {
    prepare: async () => ({ path: await somebody() }),
    errors: { 'E404-user': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
  'GET /sys/users/{pk}/roles': {
    prepare: async () => ({ path: await somebody() }),
    errors: { 'E404-user': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
  'GET /sys/users': { prepare: async () => ({ query: { username: (await fullUser()).username } }) },
  'POST /sys/users': {
    prepare: async () => ({ body: await newUser() }),
    errors: {
      'E409-user': {
        prepare: async () => ({ body: await newUser({ username: (await buildUser()).username }) }),
      },
      'E400-pwd-empty': { prepare: async () => ({ body: await newUser({ password: '' }) }) },
      'E404-dept': { prepare: async () => ({ body: await newUser({ dept_id: NOBODY }) }) },
      'E404-role': { prepare: async () => ({ body: await newUser({ roles: [NOBODY] }) }) },
    },
  },
  'PUT /sys/users/{pk}': {
    prepare: async () => ({ path: await somebody(), body: await changedUser() }),
    errors: {
      'E404-user': { prepare: async () => ({ path: { pk: NOBODY }, body: await changedUser() }) },
      'E409-user': {
        prepare: async () => ({
          path: await somebody(),
          body: await changedUser({ username: (await buildUser()).username }),
        }),
      },
      'E404-dept': {
        prepare: async () => ({ path: await somebody(), body: await changedUser({ dept_id: NOBODY }) }),
      },
      'E404-role': {
        prepare: async () => ({ path: await somebody(), body: await changedUser({ roles: [NOBODY] }) }),
      },
    },
  },
  'PUT /sys/users/{pk}/permissions': {
    prepare: () => toggle('staff'),
    errors: {
      'E404-user': { prepare: () => ({ path: { pk: NOBODY }, query: { type: 'staff' } }) },
      'E403-self-perm': {
        prepare: (caller) => ({ path: { pk: caller.user.id }, query: { type: 'superuser' } }),
      },
    },
  },
  'PUT /sys/users/me/password': {
    meaningful: ['old_password', 'new_password', 'confirm_password'],
    prepare: () => ownPassword(NEW_PASSWORD),
    errors: {
      'E400-pwd-old': { prepare: () => ownPassword(NEW_PASSWORD, { old_password: 'not-mine-1' }) },
      'E400-pwd-differ': { prepare: () => ownPassword(NEW_PASSWORD, { confirm_password: 'not-same-1' }) },
      'E400-pwd-special': WITH_POLICY,
      'E400-pwd-reuse': {
        prepare: async (caller) => {
          await used(caller.user.id, NEW_PASSWORD)
          return ownPassword(NEW_PASSWORD)
        },
      },
      ...refusedPasswords(ownPassword),
    },
  },
  'PUT /sys/users/{pk}/password': {
    meaningful: ['password'],
    prepare: async () => ({ path: await somebody(), body: { password: NEW_PASSWORD } }),
    errors: {
      'E404-user': { prepare: () => ({ path: { pk: NOBODY }, body: { password: NEW_PASSWORD } }) },
      'E400-pwd-special': WITH_POLICY,
      'E400-pwd-reuse': {
        prepare: async () => {
          const { pk } = await somebody()
          await used(pk, NEW_PASSWORD)
          return { path: { pk }, body: { password: NEW_PASSWORD } }
        },
      },
      ...refusedPasswords(async (password) => ({ path: await somebody(), body: { password } })),
    },
  },
  'PUT /sys/users/me/nickname': { prepare: () => ({ body: { nickname: 'Ann' } }) },
  'PUT /sys/users/me/avatar': {
    meaningful: ['avatar'],
    prepare: () => ({ body: { avatar: 'https://example.com/a.png' } }),
  },
  'PUT /sys/users/me/email': {
    meaningful: ['email', 'captcha'],
    prepare: (caller) => emailTurn(caller, '123456'),
    errors: {
      'E400-email-captcha': { prepare: () => ({ body: { captcha: '123456', email: email() } }) },
      E40001: { prepare: (caller) => emailTurn(caller, '654321') },
    },
  },
  'DELETE /sys/users/{pk}': {
    prepare: async () => ({ path: await somebody() }),
    errors: { 'E404-user': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
}

/** The code is kept for its user and the address it was mailed to. */
async function emailTurn({ user }: SignedInCaller, captcha: string): Promise<Turn> {
  const address = email()
  await redis().set(`fba:email:captcha:${user.id}:${address}`, '123456', 'EX', 60)
  return { body: { captcha, email: address } }
}
