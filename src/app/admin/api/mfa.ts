import { data, id, nothing, route, z } from '#core'
import { ConfirmMfa, EnrolMfa, MfaEnrolment, MfaStatus, Proof, RecoveryCodes, RoleMfa } from '../schema/mfa'
import * as mfaService from '../service/mfa'

const PROOF_ERRORS = [
  'password.old_wrong',
  'mfa.required',
  'mfa.code_invalid',
  'mfa.not_enabled',
  'login.account_locked',
  'login.too_many_failures',
]

export const getOwnMfa = route({
  method: 'get',
  path: '/sys/users/me/mfa',
  title: 'Get the state of the own second factor',
  access: 'signed_in',
  before_mfa: true,
  reply: data(MfaStatus),
  handle: (call) => mfaService.status(call),
})

export const enrolMfa = route({
  method: 'post',
  path: '/sys/users/me/mfa',
  title: 'Get a secret for the own second factor',
  description: 'To be shown to an authenticator app. Nothing changes until a code of the app is confirmed.',
  access: 'signed_in',
  before_mfa: true,
  log: 'no_input',
  body: EnrolMfa,
  reply: data(MfaEnrolment),
  errors: ['mfa.already_enabled', 'password.empty', 'password.old_wrong'],
  prepare: (call, { body }) => mfaService.checkPassword(call, body),
  handle: (call, _input, hasPassword) => mfaService.enrol(call, hasPassword),
})

export const confirmMfa = route({
  method: 'put',
  path: '/sys/users/me/mfa',
  title: 'Switch the own second factor on',
  description: 'With a first code of the app. Answers with recovery codes, which are shown this once.',
  access: 'signed_in',
  before_mfa: true,
  log: 'no_input',
  body: ConfirmMfa,
  reply: data(RecoveryCodes),
  errors: ['mfa.already_enabled', 'mfa.not_enrolled', 'mfa.code_invalid'],
  handle: (call, { body }) => mfaService.confirm(call, body.code),
})

export const disableMfa = route({
  method: 'delete',
  path: '/sys/users/me/mfa',
  title: 'Switch the own second factor off',
  description: 'With the password, a code of the app or a recovery code.',
  access: 'signed_in',
  log: 'no_input',
  body: Proof,
  reply: nothing(),
  errors: PROOF_ERRORS,
  prepare: (call, { body }) => mfaService.checkPassword(call, body),
  handle: (call, { body }, hasPassword) => mfaService.disable(call, body, hasPassword),
})

export const renewRecoveryCodes = route({
  method: 'post',
  path: '/sys/users/me/mfa/recovery-codes',
  title: 'Replace the own recovery codes',
  description: 'With the password, a code of the app or a recovery code.',
  access: 'signed_in',
  log: 'no_input',
  body: Proof,
  reply: data(RecoveryCodes),
  errors: PROOF_ERRORS,
  prepare: (call, { body }) => mfaService.checkPassword(call, body),
  handle: (call, { body }, hasPassword) => mfaService.renewRecoveryCodes(call, body, hasPassword),
})

const params = z.object({ pk: id() })

export const resetMfa = route({
  method: 'delete',
  path: '/sys/users/:pk/mfa',
  title: 'Reset the second factor of a user',
  description: 'For other users who lost it. Their sessions end.',
  access: 'super_user',
  params,
  reply: nothing(),
  errors: ['user.not_found', 'mfa.not_enabled', 'mfa.reset_self'],
  handle: (call, { params }) => mfaService.reset(call, params.pk),
})

export const getRoleMfa = route({
  method: 'get',
  path: '/sys/roles/:pk/mfa',
  title: 'Get whether a role requires a second factor',
  access: 'super_user',
  params,
  reply: data(RoleMfa),
  errors: ['role.not_found'],
  handle: (call, { params }) => mfaService.roleRule(call, params.pk),
})

export const setRoleMfa = route({
  method: 'put',
  path: '/sys/roles/:pk/mfa',
  title: 'Set whether a role requires a second factor',
  access: 'super_user',
  params,
  body: RoleMfa,
  reply: nothing(),
  errors: ['role.not_found'],
  handle: (call, { params, body }) => mfaService.requireForRole(call, params.pk, body.is_mfa_required),
})

export const mfaRoutes = [
  getOwnMfa,
  enrolMfa,
  confirmMfa,
  disableMfa,
  renewRecoveryCodes,
  resetMfa,
  getRoleMfa,
  setRoleMfa,
]
