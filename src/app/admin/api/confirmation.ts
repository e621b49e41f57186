import { CONFIRMATION_PATH, data, route } from '#core'
import { ConfirmationState } from '../schema/confirmation'
import { Proof } from '../schema/mfa'
import * as confirmationService from '../service/confirmation'
import { loginRate } from './auth'

export const getConfirmation = route({
  method: 'get',
  path: CONFIRMATION_PATH,
  title: 'Get what the user can confirm with',
  access: 'signed_in',
  reply: data(ConfirmationState),
  errors: ['user.not_found'],
  handle: (call) => confirmationService.state(call),
})

export const confirm = route({
  method: 'post',
  path: CONFIRMATION_PATH,
  title: 'Confirm that the right person sits there',
  description:
    'With the password, a code of the app or a recovery code. Holds for this session and a few minutes, for calls that answer `confirmation.needed` otherwise.',
  access: 'signed_in',
  rate: loginRate,
  log: 'no_input',
  body: Proof,
  reply: data(ConfirmationState),
  errors: [
    ...['confirmation.empty', 'confirmation.password_wrong', 'confirmation.impossible', 'mfa.code_invalid'],
    ...['login.account_locked', 'login.too_many_failures'],
  ],
  prepare: (call, { body }) => confirmationService.check(call, body),
  handle: (call, { body }, shown) => confirmationService.confirm(call, body, shown),
})

export const confirmationRoutes = [getConfirmation, confirm]
