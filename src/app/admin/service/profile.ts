import {
  AppError,
  badRequest,
  channels,
  checkCode,
  issueCode,
  notFound,
  type Call,
  type Channel,
  type Row,
} from '#core'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { ChangeEmail, ChangePhone } from '../schema/user'
import { checkEmail } from './user'
import { belongingsOf } from './user-parts'

const PHONE_CODE_SECONDS = 180

/** The signed-in user; department and roles by name, disabled ones as well. */
export async function me(call: Call) {
  const user = await userCrud.get(call.db.unfiltered, call.me.id)
  if (!user) throw notFound('user.not_found')
  const { dept, roles } = await belongingsOf(call.db, user)
  return { ...user, dept: dept?.name ?? null, roles: roles.map((role) => role.name) }
}

/** Changes what only concerns the signed-in user himself. */
export async function change(call: Call, values: Partial<Row<User>>): Promise<void> {
  const { id } = call.me
  if (!(await userCrud.update(call.db.unfiltered, id, values))) throw notFound('user.not_found')
  call.outdates(`user:${id}`)
}

/** Uses up the code that was mailed to the new address. @throws 400 for a wrong code, 409 where the address is taken */
export async function proveEmail(call: Call, { email, captcha }: ChangeEmail): Promise<void> {
  await checkEmail(call.db, email, call.me.id)
  await mustProve(emailKey(call, email), captcha)
}

/**
 * Makes the code that `proveEmail` takes, for whoever mails it: it proves this address, to the signed-in user only.
 * @param seconds how long it is good
 */
export const issueEmailCode = (call: Call, email: string, seconds: number): Promise<string> =>
  issueCode(emailKey(call, email), seconds)

export async function changeEmail(call: Call, email: string): Promise<void> {
  await checkEmail(call.db, email, call.me.id)
  await change(call, { email })
}

/** Uses up the code that was sent to the new number. @throws 400 also where nothing can send text messages */
export async function provePhone(call: Call, { phone, captcha }: ChangePhone): Promise<void> {
  smsChannel()
  await mustProve(phoneKey(call, phone), captcha)
}

/** Sends a code to a phone number, for `changePhone`. @throws 400 where nothing can send text messages */
export async function sendPhoneCode(call: Call, phone: string): Promise<void> {
  const sms = smsChannel()
  const code = await issueCode(phoneKey(call, phone), PHONE_CODE_SECONDS)
  await sms.send(call, phone, call.t('phone.captcha', { code, minutes: PHONE_CODE_SECONDS / 60 }))
}

function smsChannel(): Channel {
  const channel = channels.named('sms')
  if (!channel) throw badRequest('channel.missing', { name: 'sms' })
  return channel
}

const emailKey = (call: Call, email: string) => `fba:email:captcha:${call.me.id}:${email.toLowerCase()}`
const phoneKey = (call: Call, phone: string) => `fba:phone:captcha:${call.me.id}:${phone}`

async function mustProve(key: string, code: string): Promise<void> {
  const answer = await checkCode(key, code)
  if (answer === 'expired') throw badRequest('email.captcha_expired')
  if (answer === 'wrong') throw new AppError('error.captcha.error', { status: 400, code: 40001 })
}
