/** A role as far as deciding about a request needs it. Only enabled roles are listed. */
export interface RoleRights {
  id: string
  name: string
  /** false: members see every row, whatever their data rules say. */
  is_filter_scopes: boolean
}

/** One data rule, as stored in `sys_data_rule`. */
export interface RowRule {
  model: string
  column: string
  /** 0 AND, 1 OR */
  operator: number
  /** 0 = , 1 <>, 2 >, 3 >=, 4 <, 5 <=, 6 in, 7 not in */
  expression: number
  value: string
}

/**
 * Who may call a route: everybody, everybody who is signed in, super users who are staff,
 * or users whose rights include the permission code (`module:thing:verb`).
 */
export type Access = 'public' | 'signed_in' | 'super_user' | (string & {})

/** The compiled answer to "may this user?"; see `security/rbac.ts`. */
export interface Rights {
  /** What decides: permission codes of menus, or casbin path rules (`RBAC_ROLE_MENU_MODE=false`). */
  readonly mode: 'menu' | 'path'
  /** @param code permission code of the route, null where the route has none */
  allows(code: string | null, method: string, path: string): boolean
  /** Permission codes in no particular order (for `GET /auth/codes`). */
  readonly codes: ReadonlySet<string>
}

/** Who is calling, loaded by `identify` and cached until a right changes. */
export interface CurrentUser {
  id: string
  uuid: string
  username: string
  nickname: string
  is_superuser: boolean
  is_staff: boolean
  is_multi_login: boolean
  dept_id: string | null
  /** Enabled roles only. */
  roles: RoleRights[]
  /** Whether any enabled role has at least one menu (contract 5.1, step 5). */
  has_menus: boolean
  rights: Rights
  /** Distinct data rules of the enabled scopes of the enabled roles. */
  row_rules: RowRule[]
  /** The session this request belongs to; empty for the system. */
  session_uuid: string
  /** The log-in this session goes back to: it stays the same when tokens are renewed. Sockets belong to it. */
  family: string
  /** A role requires a second factor and none is set up: only routes marked `before_mfa` may be called. */
  lacks_mfa: boolean
}

/** Where a request came from. Location and user agent are resolved lazily, only when a log row needs them. */
export interface Client {
  ip: string
  user_agent: string | null
}
