import { endSessionsOf, forbidden, notFound, type Call } from '#core'
import { userCrud } from '../crud/user'
import type { UserFlag } from '../schema/user'
import { beforeSuperUsers, keepOneSuperUser } from './super-user'

/** Turns one flag of a user over. Nobody may take or give himself more than `multi_login`. */
export async function toggle(call: Call, id: string, flag: UserFlag): Promise<void> {
  await beforeSuperUsers(call.db)
  const user = await userCrud.lock(call.db, id)
  if (!user) throw notFound('user.not_found')
  if (id === call.me.id && flag !== 'multi_login') throw forbidden('user.own_permission')
  await userCrud.update(
    call.db,
    id,
    {
      superuser: { is_superuser: !user.is_superuser },
      staff: { is_staff: !user.is_staff },
      status: { status: user.status === 1 ? 0 : 1 },
      multi_login: { is_multi_login: !user.is_multi_login },
    }[flag],
  )
  if (flag !== 'multi_login' && user.is_superuser) await keepOneSuperUser(call.db)
  call.outdates(`user:${id}`)
  if (flag === 'status' && user.status === 1) await endSessionsOf(id)
  if (flag === 'multi_login' && user.is_multi_login) await keepOneSession(call, id)
}

/** Of the caller his own session stays; of somebody else none, since nobody can say which one is his. */
async function keepOneSession(call: Call, id: string): Promise<void> {
  await endSessionsOf(id, id === call.me.id ? { except: call.me.session_uuid } : {})
}
