import { randomUUID } from 'node:crypto'
import { reader } from '../../src/infra/database'
import { openSession } from '../../src/security/session'
import { hashPassword } from '../../src/security/password'
import { dataRuleCrud } from '../../src/app/admin/crud/data-rule'
import { dataScopeCrud } from '../../src/app/admin/crud/data-scope'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { roleMenuCrud, userRoleCrud } from '../../src/app/admin/crud/links'
import { menuCrud } from '../../src/app/admin/crud/menu'
import { roleCrud } from '../../src/app/admin/crud/role'
import { userCrud } from '../../src/app/admin/crud/user'
import { baseUrl } from './app'
import { Client } from './client'

/** A word that no other test uses. */
export const unique = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 12)}`

export const PASSWORD = 'correct-horse-1'

let passwordHash: Promise<string> | undefined

type Values<T> = Partial<T>

export function buildDept(
  values: Values<{
    name: string
    parent_id: string | null
    status: number
    del_flag: boolean
    sort: number
  }> = {},
) {
  return deptCrud.create(reader(), { name: unique('dept'), ...values })
}

export function buildMenu(values: Partial<Parameters<typeof menuCrud.create>[1]> = {}) {
  return menuCrud.create(reader(), { title: unique('title'), name: unique('menu'), type: 1, ...values })
}

/** @param can permission codes; each comes with a button menu of its own */
export async function buildRole(
  values: Partial<Parameters<typeof roleCrud.create>[1]> = {},
  can: string[] = [],
) {
  const role = await roleCrud.create(reader(), {
    name: unique('role').slice(0, 32),
    is_filter_scopes: false,
    ...values,
  })
  for (const perms of can) {
    const menu = await buildMenu({ perms, type: 2 })
    await roleMenuCrud.create(reader(), { role_id: role.id, menu_id: menu.id })
  }
  return role
}

export function buildDataScope(values: Partial<Parameters<typeof dataScopeCrud.create>[1]> = {}) {
  return dataScopeCrud.create(reader(), { name: unique('scope'), ...values })
}

/** A rule that shows departments of one name that no department has. */
export function buildDataRule(values: Partial<Parameters<typeof dataRuleCrud.create>[1]> = {}) {
  const rule = { model: 'Dept', column: 'name', operator: 0, expression: 0, value: unique('nobody') }
  return dataRuleCrud.create(reader(), { name: unique('rule'), ...rule, ...values })
}

export interface UserValues {
  username?: string
  nickname?: string
  email?: string | null
  phone?: string | null
  status?: number
  is_superuser?: boolean
  is_staff?: boolean
  is_multi_login?: boolean
  dept_id?: string | null
  password?: string | null
  last_password_changed_time?: Date | null
  mfa_enabled?: boolean
}

/** @param roles ids of roles the user is a member of */
export async function buildUser(values: UserValues = {}, roles: string[] = []) {
  passwordHash ??= hashPassword(PASSWORD)
  const username = values.username ?? unique('user')
  const user = await userCrud.create(reader(), {
    nickname: username,
    is_staff: true,
    is_multi_login: true,
    ...values,
    username,
    password:
      values.password === undefined
        ? await passwordHash
        : values.password && (await hashPassword(values.password)),
  })
  for (const role_id of roles) await userRoleCrud.create(reader(), { user_id: user.id, role_id })
  return user
}

/** Opens a session for the given user and hands out its access token. */
export async function tokenOf(user: { id: string; username?: string }): Promise<string> {
  const name = user.username ?? user.id
  const { access_token } = await openSession({
    user_id: user.id,
    info: {
      username: name,
      nickname: name,
      last_login_time: '2026-11-21 09:30:00',
      ip: '127.0.0.1',
      os: null,
      browser: null,
      device: null,
    },
  })
  return access_token
}

/** A client with a session of the given user. */
export const clientOf = async (user: { id: string; username?: string }): Promise<Client> =>
  new Client(baseUrl(), await tokenOf(user))

export interface SignInOptions extends UserValues {
  /** Permission codes. A role with a plain menu comes along in any case. */
  can?: string[]
}

export type SignedIn = Client & { user: Awaited<ReturnType<typeof buildUser>> }

/** Signs in a new staff user who holds exactly the given codes. */
export async function signIn({ can = [], ...values }: SignInOptions = {}): Promise<SignedIn> {
  const role = await buildRole({}, ['', ...can])
  const user = await buildUser(values, [role.id])
  return Object.assign(await clientOf(user), { user })
}

/** Signs in a new super user. */
export const signInAdmin = (values: UserValues = {}): Promise<SignedIn> =>
  signIn({ is_superuser: true, ...values })
