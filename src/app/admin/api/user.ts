import { data, id, nothing, page, route, z } from '#core'
import { RoleDetail } from '../schema/role'
import { CreateUser, ResetPassword, UpdateUser, UserFlag, UserFull, UserList } from '../schema/user'
import * as userService from '../service/user'
import * as userFlagService from '../service/user-flag'
import * as userPasswordService from '../service/user-password'

const params = z.object({ pk: id() })

export const listUsers = route({
  method: 'get',
  path: '/sys/users',
  title: 'List users',
  access: 'signed_in',
  query: UserList,
  reply: page(UserFull),
  handle: (call, { query }) => userService.list(call, query),
})

export const getUser = route({
  method: 'get',
  path: '/sys/users/:pk',
  title: 'Get a user',
  description: 'With department, roles, their menus, data scopes and rules.',
  access: 'signed_in',
  params,
  reply: data(UserFull),
  errors: ['user.not_found'],
  handle: (call, { params }) => userService.get(call, params.pk),
})

export const listUserRoles = route({
  method: 'get',
  path: '/sys/users/:pk/roles',
  title: 'List the roles of a user',
  access: 'signed_in',
  params,
  reply: data(z.array(RoleDetail)),
  errors: ['user.not_found'],
  handle: (call, { params }) => userService.rolesOf(call, params.pk),
})

export const createUser = route({
  method: 'post',
  path: '/sys/users',
  title: 'Create a user',
  access: 'super_user',
  body: CreateUser,
  reply: data(UserFull),
  errors: [
    'user.name_taken',
    'user.email_taken',
    'password.empty',
    'password.too_short',
    'password.too_long',
    'password.needs_digit',
    'password.needs_letter',
    'password.needs_special',
    'dept.not_found',
    'role.not_found',
  ],
  prepare: (_call, { body }) => userPasswordService.newPassword(body.password),
  handle: (call, { body }, hash) => userService.create(call, body, hash),
})

export const updateUser = route({
  method: 'put',
  path: '/sys/users/:pk',
  title: 'Update a user',
  access: 'super_user',
  params,
  body: UpdateUser,
  reply: nothing(),
  errors: ['user.not_found', 'user.name_taken', 'user.email_taken', 'dept.not_found', 'role.not_found'],
  handle: (call, { params, body }) => userService.update(call, params.pk, body),
})

export const toggleUserFlag = route({
  method: 'put',
  path: '/sys/users/:pk/permissions',
  title: 'Toggle a flag of a user',
  access: 'super_user',
  params,
  query: UserFlag,
  reply: nothing(),
  errors: ['user.not_found', 'user.own_permission', 'user.last_superuser'],
  handle: (call, { params, query }) => userFlagService.toggle(call, params.pk, query.type),
})

export const resetPassword = route({
  method: 'put',
  path: '/sys/users/:pk/password',
  title: "Reset a user's password",
  access: 'super_user',
  params,
  body: ResetPassword,
  reply: nothing(),
  errors: [
    'user.not_found',
    'password.too_short',
    'password.too_long',
    'password.needs_digit',
    'password.needs_letter',
    'password.needs_special',
    'password.reused',
  ],
  prepare: (call, { params, body }) => userPasswordService.prepareReset(call, params.pk, body.password),
  handle: (call, { params, body }, prepared) =>
    userPasswordService.reset(call, params.pk, body.password, prepared),
})

export const deleteUser = route({
  method: 'delete',
  path: '/sys/users/:pk',
  title: 'Delete a user',
  access: 'sys:user:del',
  params,
  reply: nothing(),
  errors: ['user.not_found', 'user.delete_self', 'user.superuser_only', 'user.last_superuser'],
  handle: (call, { params }) => userService.remove(call, params.pk),
})

export const userRoutes = [
  listUsers,
  getUser,
  listUserRoles,
  createUser,
  updateUser,
  toggleUserFlag,
  resetPassword,
  deleteUser,
]
