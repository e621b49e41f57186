import { forbidden } from '../common/errors'
import type { Access, CurrentUser } from '../common/types'

/** Methods that read; the others need `is_staff`. */
const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The answer of `mayCall` as yes or no. */
export function isAllowed(user: CurrentUser, access: Access, method: string, path: string): boolean {
  try {
    mayCall(user, access, method, path)
    return true
  } catch {
    return false
  }
}

/**
 * Decides whether a signed-in user may call a route.
 * @param method in capitals
 * @param path as requested, without the query
 * @throws 403 with the reason; its key names the first condition that failed
 */
export function mayCall(user: CurrentUser, access: Access, method: string, path: string): void {
  if (access === 'public' || access === 'signed_in') return
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
