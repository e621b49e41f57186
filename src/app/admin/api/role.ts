import { data, id, nothing, page, route, z } from '#core'
import { MenuTree } from '../schema/menu'
import {
  DeleteRoles,
  RoleDetail,
  RoleFull,
  RoleList,
  SaveRole,
  SetRoleMenus,
  SetRoleScopes,
} from '../schema/role'
import * as roleService from '../service/role'

const params = z.object({ pk: id() })

export const listAllRoles = route({
  method: 'get',
  path: '/sys/roles/all',
  title: 'List all roles',
  access: 'signed_in',
  reply: data(z.array(RoleDetail)),
  handle: (call) => roleService.all(call),
})

export const listRoleMenus = route({
  method: 'get',
  path: '/sys/roles/:pk/menus',
  title: 'List the menus of a role as a tree',
  access: 'signed_in',
  params,
  reply: data(z.array(MenuTree)),
  errors: ['role.not_found'],
  handle: (call, { params }) => roleService.menus(call, params.pk),
})

export const listRoleScopes = route({
  method: 'get',
  path: '/sys/roles/:pk/scopes',
  title: 'List the data scopes of a role',
  description: 'Their ids.',
  access: 'signed_in',
  params,
  reply: data(z.array(id())),
  errors: ['role.not_found'],
  handle: (call, { params }) => roleService.scopes(call, params.pk),
})

export const getRole = route({
  method: 'get',
  path: '/sys/roles/:pk',
  title: 'Get a role',
  description: 'With menus and data scopes; the rules of the scopes are left out.',
  access: 'signed_in',
  params,
  reply: data(RoleFull),
  errors: ['role.not_found'],
  handle: (call, { params }) => roleService.get(call, params.pk),
})

export const listRoles = route({
  method: 'get',
  path: '/sys/roles',
  title: 'List roles',
  access: 'signed_in',
  query: RoleList,
  reply: page(RoleDetail),
  handle: (call, { query }) => roleService.list(call, query),
})

export const createRole = route({
  method: 'post',
  path: '/sys/roles',
  title: 'Create a role',
  access: 'sys:role:add',
  body: SaveRole,
  reply: nothing(),
  errors: ['role.name_taken'],
  handle: (call, { body }) => roleService.create(call, body),
})

export const updateRole = route({
  method: 'put',
  path: '/sys/roles/:pk',
  title: 'Update a role',
  access: 'sys:role:edit',
  params,
  body: SaveRole,
  reply: nothing(),
  errors: ['role.not_found', 'role.name_taken', 'user.last_superuser'],
  handle: (call, { params, body }) => roleService.update(call, params.pk, body),
})

export const setRoleMenus = route({
  method: 'put',
  path: '/sys/roles/:pk/menus',
  title: 'Replace the menus of a role',
  access: 'sys:role:menu:edit',
  params,
  body: SetRoleMenus,
  reply: nothing(),
  errors: ['role.not_found', 'menu.not_found'],
  handle: (call, { params, body }) => roleService.setMenus(call, params.pk, body.menus),
})

export const setRoleScopes = route({
  method: 'put',
  path: '/sys/roles/:pk/scopes',
  title: 'Replace the data scopes of a role',
  access: 'sys:role:scope:edit',
  params,
  body: SetRoleScopes,
  reply: nothing(),
  errors: ['role.not_found', 'data_scope.not_found'],
  handle: (call, { params, body }) => roleService.setScopes(call, params.pk, body.scopes),
})

export const deleteRoles = route({
  method: 'delete',
  path: '/sys/roles',
  title: 'Delete roles',
  access: 'sys:role:del',
  body: DeleteRoles,
  reply: nothing(),
  errors: ['user.last_superuser'],
  handle: (call, { body }) => roleService.remove(call, body.pks),
})

export const roleRoutes = [
  listAllRoles,
  listRoleMenus,
  listRoleScopes,
  getRole,
  listRoles,
  createRole,
  updateRole,
  setRoleMenus,
  setRoleScopes,
  deleteRoles,
]
