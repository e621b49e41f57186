import { data, id, nothing, page, route, z } from '#core'
import { AskCodes, EmailDetail, EmailIds, EmailList, EmailRow } from '../schema/email'
import * as captchaService from '../service/captcha'
import * as emailService from '../service/email'

const params = z.object({ pk: id() })

export const sendCaptcha = route({
  method: 'post',
  path: '/emails/captcha',
  title: 'Mail a code to an address',
  description: 'It proves the address to whoever changes to it; it is good for the signed-in user only.',
  access: 'signed_in',
  body: AskCodes,
  reply: nothing(),
  errors: ['request.too_many', 'email.refused', 'email.not_sent'],
  prepare: (call, { body }) => captchaService.sendCodes(call, body.recipients),
  handle: () => undefined,
})

export const listEmails = route({
  method: 'get',
  path: '/emails',
  title: 'List the outbox by page',
  access: 'sys:email:list',
  query: EmailList,
  reply: page(EmailRow),
  handle: (call, { query }) => emailService.list(call, query),
})

export const getEmail = route({
  method: 'get',
  path: '/emails/:pk',
  title: 'Get a mail of the outbox',
  description: 'The body of a mail that held a secret was never kept.',
  access: 'sys:email:list',
  params,
  reply: data(EmailDetail),
  errors: ['email.not_found'],
  handle: (call, { params }) => emailService.get(call, params.pk),
})

export const resendEmail = route({
  method: 'post',
  path: '/emails/:pk/resend',
  title: 'Send a mail again',
  description: 'To those who have not got it; to everybody where all have.',
  access: 'sys:email:resend',
  params,
  reply: nothing(),
  errors: ['email.not_found', 'email.hidden'],
  handle: (call, { params }) => emailService.resend(call, params.pk),
})

export const deleteEmails = route({
  method: 'delete',
  path: '/emails',
  title: 'Delete mails of the outbox',
  description: 'Those that wait are not sent any more.',
  access: 'sys:email:del',
  body: EmailIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => emailService.remove(call, body.pks),
})

export const emailRoutes = [sendCaptcha, listEmails, getEmail, resendEmail, deleteEmails]
