import { env, generatePassword, hashPassword, inTransaction, oneAtATime, type Db } from '#core'
import { passwordHistoryCrud } from '../crud/password-history'
import { userCrud } from '../crud/user'

/** The first department, made by the migrations. */
const FIRST_DEPT = '2048601264366944256'

export interface FirstUser {
  username: string
  /** Only when it was generated: to be shown once and never again. */
  password: string | null
}

/** Creates the first super user of an empty database. @returns null when there are users already */
export async function ensureFirstUser(): Promise<FirstUser | null> {
  return inTransaction(async (db) => {
    await oneAtATime(db, 'first user') // several processes may meet an empty database
    if ((await userCrud.find(db, { limit: 1, columns: ['id'] })).length > 0) return null
    const password = env.ADMIN_PASSWORD ?? generatePassword()
    await createSuperUser(db, env.ADMIN_USERNAME, password, env.ADMIN_EMAIL ?? null)
    return { username: env.ADMIN_USERNAME, password: env.ADMIN_PASSWORD ? null : password }
  })
}

/** A super user who may do everything at once. @throws 409 when the name is taken */
export async function createSuperUser(
  db: Db,
  username: string,
  password: string,
  email: string | null,
): Promise<void> {
  const hash = await hashPassword(password)
  const user = await userCrud.create(db, {
    username,
    nickname: username,
    password: hash,
    email,
    dept_id: FIRST_DEPT,
    is_superuser: true,
    is_staff: true,
    is_multi_login: true,
  })
  await passwordHistoryCrud.append(db, [{ user_id: user.id, password: hash }])
}
