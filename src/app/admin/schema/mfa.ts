import { bool, optionalText, text, z } from '#core'

export const MfaStatus = z
  .object({
    is_enabled: z.boolean(),
    /** A role of the user requires it. */
    is_required: z.boolean(),
    recovery_codes_left: z.int(),
  })
  .meta({ id: 'MfaStatus' })

/** What an authenticator app needs, in three forms. */
export const MfaEnrolment = z
  .object({
    secret: z.string(),
    /** `otpauth://…` */
    uri: z.string(),
    /** The address as a picture: a `data:` URL of a PNG. */
    qr_code: z.string(),
  })
  .meta({ id: 'MfaEnrolment' })

/** Shown once; each works once, when the app is lost. */
export const RecoveryCodes = z.object({ recovery_codes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' })

export const EnrolMfa = z.object({ password: optionalText(256) })
export const ConfirmMfa = z.object({ code: text(32) })

/** That the right person sits there: the password, or a code of the app, or a recovery code. */
export const Proof = z.object({ password: optionalText(256), code: optionalText(32) })
export type Proof = z.output<typeof Proof>

export const RoleMfa = z.object({ is_mfa_required: bool() }).meta({ id: 'RoleMfa' })
