import { page, route } from '#core'
import { UserFull, UserList } from '../schema/user'
import * as userService from '../service/user'

export const listUsers = route({
  method: 'get',
  path: '/sys/users',
  title: 'List users',
  access: 'signed_in',
  query: UserList,
  reply: page(UserFull),
  handle: (call, { query }) => userService.list(call, query),
})

export const userRoutes = [listUsers]
