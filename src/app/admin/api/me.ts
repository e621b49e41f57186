import { data, nothing, route } from '#core'
import {
  AskPhoneCode,
  ChangeAvatar,
  ChangeEmail,
  ChangeNickname,
  ChangePassword,
  ChangePhone,
  Me,
} from '../schema/user'
import * as profileService from '../service/profile'
import * as userPasswordService from '../service/user-password'

export const getMe = route({
  method: 'get',
  path: '/sys/users/me',
  title: 'Get own profile',
  access: 'signed_in',
  before_mfa: true,
  reply: data(Me),
  handle: (call) => profileService.me(call),
})

export const changeOwnPassword = route({
  method: 'put',
  path: '/sys/users/me/password',
  title: 'Change own password',
  access: 'signed_in',
  body: ChangePassword,
  reply: nothing(),
  errors: [
    'password.old_wrong',
    'password.mismatch',
    'password.too_short',
    'password.too_long',
    'password.needs_digit',
    'password.needs_letter',
    'password.needs_special',
    'password.reused',
  ],
  prepare: (call, { body }) => userPasswordService.prepareOwn(call, body),
  handle: (call, { body }, prepared) => userPasswordService.changeOwn(call, body, prepared),
})

export const changeOwnNickname = route({
  method: 'put',
  path: '/sys/users/me/nickname',
  title: 'Change own nickname',
  access: 'signed_in',
  body: ChangeNickname,
  reply: nothing(),
  handle: (call, { body }) => profileService.change(call, body),
})

export const changeOwnAvatar = route({
  method: 'put',
  path: '/sys/users/me/avatar',
  title: 'Change own avatar',
  access: 'signed_in',
  body: ChangeAvatar,
  reply: nothing(),
  handle: (call, { body }) => profileService.change(call, body),
})

export const changeOwnEmail = route({
  method: 'put',
  path: '/sys/users/me/email',
  title: 'Change own mail address',
  description: 'With the code that was mailed to the new address.',
  access: 'signed_in',
  body: ChangeEmail,
  reply: nothing(),
  errors: ['user.email_taken', 'email.captcha_expired', 'error.captcha.error'],
  prepare: (call, { body }) => profileService.proveEmail(call, body),
  handle: (call, { body }) => profileService.changeEmail(call, body.email),
})

export const changeOwnPhone = route({
  method: 'put',
  path: '/sys/users/me/phone',
  title: 'Change own phone number',
  description: 'With the code that was sent to the new number.',
  access: 'signed_in',
  body: ChangePhone,
  reply: nothing(),
  errors: ['channel.missing', 'email.captcha_expired', 'error.captcha.error'],
  prepare: (call, { body }) => profileService.provePhone(call, body),
  handle: (call, { body }) => profileService.change(call, { phone: body.phone }),
})

export const sendPhoneCode = route({
  method: 'post',
  path: '/phones/captcha',
  title: 'Send a code to a phone number',
  description: 'Through the notification channel `sms`, which a plugin brings.',
  access: 'signed_in',
  // A provider may be slow: nothing is written that others would have to wait for.
  transaction: false,
  rate: { points: 5, seconds: 60 },
  body: AskPhoneCode,
  reply: nothing(),
  errors: ['channel.missing'],
  handle: (call, { body }) => profileService.sendPhoneCode(call, body.phone),
})

export const meRoutes = [
  getMe,
  changeOwnPassword,
  changeOwnNickname,
  changeOwnAvatar,
  changeOwnEmail,
  changeOwnPhone,
  sendPhoneCode,
]
