import { forbidden } from '../common/errors'
import type { Access, CurrentUser } from '../common/types'

/** Methods that read; the others need `is_staff`. */
const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Who may call something, as a route or a socket event declares it. */
export interface Guarded {
  access: Access
  /** Also for whoever must still set up a second factor. Default false. */
  before_mfa?: boolean | undefined
}

/** The answer of `mayCall` as yes or no. */
export function isAllowed(user: CurrentUser, guarded: Guarded, method: string, path: string): boolean {
  try {
    mayCall(user, guarded, method, path)
    return true
  } catch {
    return false
  }
}

/**
 * Decides whether a signed-in user may call a route, open a socket or send an event by it.
 * @param method in capitals
 * @param path as requested, without the query
 * @throws 403 with the reason; its key names the first condition that failed
 */
export function mayCall(user: CurrentUser, guarded: Guarded, method: string, path: string): void {
  const { access, before_mfa: isBeforeMfa = false } = guarded
  if (access === 'public') return
  if (user.lacks_mfa && !isBeforeMfa) throw forbidden('mfa.enrolment_required')
  if (access === 'signed_in') return
  if (access === 'super_user') {
    if (!user.is_superuser || !user.is_staff) throw forbidden('auth.permission_denied')
    return
  }
  if (user.is_superuser) return
  if (user.roles.length === 0) throw forbidden('auth.roles_locked')
  if (user.rights.mode === 'menu' && !user.has_menus) throw forbidden('auth.no_menu')
  if (!READS.has(method) && !user.is_staff) throw forbidden('auth.not_staff')
  if (!user.rights.allows(access, method === 'HEAD' ? 'GET' : method, path))
    throw forbidden('auth.permission_denied')
}
