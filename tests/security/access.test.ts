import type { CurrentUser } from '../../src/common/types'
import { mayCall } from '../../src/security/access'

const user = (change: Partial<CurrentUser> = {}): CurrentUser => ({
  id: '1',
  uuid: 'u',
  username: 'u',
  nickname: 'u',
  is_superuser: false,
  is_staff: true,
  is_multi_login: false,
  dept_id: null,
  roles: [{ id: '1', name: 'r', is_filter_scopes: true }],
  has_menus: true,
  rights: rights('menu'),
  row_rules: [],
  session_uuid: 's',
  family: 's',
  lacks_mfa: false,
  ...change,
})

function rights(mode: 'menu' | 'path'): CurrentUser['rights'] {
  const allows = (code: string | null, method: string, path: string) =>
    mode === 'menu' ? code === 'a:b:c' : method === 'GET' && path === '/a'
  return { mode, codes: new Set(['a:b:c']), allows }
}

const refusal = (who: CurrentUser, access: string, method = 'GET', path = '/a') => {
  try {
    mayCall(who, { access }, method, path)
  } catch (error) {
    return error
  }
  return null
}

it.each(['public', 'signed_in'])('lets everybody call what is %s', (access) => {
  expect(refusal(user({ roles: [], is_staff: false }), access, 'POST')).toBeNull()
})

it('lets only super users who are staff call what is theirs', () => {
  expect(refusal(user({ is_superuser: true, is_staff: true }), 'super_user')).toBeNull()
  expect(refusal(user({ is_superuser: true, is_staff: false }), 'super_user')).toMatchObject({
    key: 'auth.permission_denied',
  })
  expect(refusal(user({ is_superuser: false, is_staff: true }), 'super_user')).toMatchObject({
    key: 'auth.permission_denied',
  })
})

it('lets a super user pass every permission code, without roles and without being staff', () => {
  const chief = user({ is_superuser: true, is_staff: false, roles: [], has_menus: false })

  expect(refusal(chief, 'x:y:z', 'DELETE')).toBeNull()
})

it('names the first condition that fails', () => {
  const nobody = { roles: [], has_menus: false, is_staff: false }

  expect(refusal(user(nobody), 'x:y:z', 'POST')).toMatchObject({ status: 403, key: 'auth.roles_locked' })
  expect(refusal(user({ ...nobody, roles: user().roles }), 'x:y:z', 'POST')).toMatchObject({
    key: 'auth.no_menu',
  })
  expect(refusal(user({ is_staff: false }), 'x:y:z', 'POST')).toMatchObject({ key: 'auth.not_staff' })
  expect(refusal(user(), 'x:y:z', 'POST')).toMatchObject({ key: 'auth.permission_denied' })
  expect(refusal(user(), 'a:b:c', 'POST')).toBeNull()
})

it.each(['GET', 'HEAD', 'OPTIONS'])('does not ask who reads (%s) to be staff', (method) => {
  expect(refusal(user({ is_staff: false }), 'a:b:c', method)).toBeNull()
})

describe('with path rules', () => {
  const member = user({ has_menus: false, rights: rights('path') })

  it('asks for no menus and looks at path and method, not at the code', () => {
    expect(refusal(member, 'x:y:z', 'GET', '/a')).toBeNull()
    expect(refusal(member, 'a:b:c', 'GET', '/b')).toMatchObject({ key: 'auth.permission_denied' })
    expect(refusal(member, 'a:b:c', 'POST', '/a')).toMatchObject({ key: 'auth.permission_denied' })
  })

  it('treats HEAD as GET', () => {
    expect(refusal(member, 'x:y:z', 'HEAD', '/a')).toBeNull()
  })
})
