import {
  emailText,
  filter,
  id,
  idFilter,
  ids,
  int,
  optionalEmail,
  optionalId,
  optionalPhone,
  optionalText,
  optionalWebAddress,
  pageQuery,
  phoneText,
  text,
  timestamp,
  webAddress,
  z,
} from '#core'
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

/** The signed-in user; department and roles by name. */
export const Me = UserInfo.extend({ dept: z.string().nullable(), roles: z.array(z.string()) }).meta({
  id: 'Me',
})

export const UserList = z.object({
  ...pageQuery,
  dept: idFilter(),
  username: filter(),
  phone: filter(),
  status: int().optional(),
})
export type UserList = z.output<typeof UserList>

export const CreateUser = z
  .object({
    username: text(64, 1),
    password: text(1024),
    nickname: optionalText(64),
    email: optionalEmail(),
    phone: optionalPhone(),
    dept_id: id(),
    roles: ids(),
  })
  .meta({ id: 'CreateUser' })
export type CreateUser = z.output<typeof CreateUser>

/** What is left out keeps its value; the roles are replaced. */
export const UpdateUser = z
  .object({
    dept_id: optionalId(),
    username: text(64, 1),
    nickname: text(64, 1),
    avatar: optionalWebAddress(),
    email: optionalEmail(),
    phone: optionalPhone(),
    roles: ids(),
  })
  .meta({ id: 'UpdateUser' })
export type UpdateUser = z.output<typeof UpdateUser>

export const UserFlag = z.object({ type: z.enum(['superuser', 'staff', 'status', 'multi_login']) })
export type UserFlag = z.output<typeof UserFlag>['type']

export const ChangePassword = z
  .object({ old_password: text(1024), new_password: text(1024), confirm_password: text(1024) })
  .meta({ id: 'ChangePassword' })
export type ChangePassword = z.output<typeof ChangePassword>

export const ResetPassword = z.object({ password: text(1024) }).meta({ id: 'ResetPassword' })
export type ResetPassword = z.output<typeof ResetPassword>

export const ChangeNickname = z.object({ nickname: text(64, 1) }).meta({ id: 'ChangeNickname' })
export const ChangeAvatar = z.object({ avatar: webAddress() }).meta({ id: 'ChangeAvatar' })
export const ChangeEmail = z.object({ email: emailText(), captcha: text(16) }).meta({ id: 'ChangeEmail' })
export type ChangeEmail = z.output<typeof ChangeEmail>
export const ChangePhone = z.object({ phone: phoneText(), captcha: text(16) }).meta({ id: 'ChangePhone' })
export type ChangePhone = z.output<typeof ChangePhone>
export const AskPhoneCode = z.object({ phone: phoneText() }).meta({ id: 'AskPhoneCode' })
