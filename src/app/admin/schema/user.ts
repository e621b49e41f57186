import { filter, id, idFilter, int, pageQuery, timestamp, z } from '#core'
import { DeptDetail } from './dept'
import { RoleFull } from './role'

export const UserInfo = z
  .object({
    id: id(),
    uuid: z.string(),
    username: z.string(),
    nickname: z.string(),
    avatar: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    status: z.int(),
    is_superuser: z.boolean(),
    is_staff: z.boolean(),
    is_multi_login: z.boolean(),
    join_time: timestamp(),
    last_login_time: timestamp().nullable(),
    dept_id: id().nullable(),
  })
  .meta({ id: 'UserInfo' })

export const UserFull = UserInfo.extend({ dept: DeptDetail.nullable(), roles: z.array(RoleFull) }).meta({
  id: 'UserFull',
})

export const UserList = z.object({
  ...pageQuery,
  dept: idFilter(),
  username: filter(),
  phone: filter(),
  status: int().optional(),
})
export type UserList = z.output<typeof UserList>
