import { z } from '#core'

/** What a provider says about the account that signed in. */
export interface Profile {
  /** The provider's own id of the account. */
  sid: string
  username: string | null
  nickname: string | null
  email: string | null
  /** The provider has made sure that the address belongs to the account; null or anything else is no. */
  email_verified: boolean
  avatar: string | null
}

/** Ids are compared byte by byte, and OpenID Connect allows no other characters. */
export const Sid = z
  .union([z.string(), z.int().transform(String)])
  .pipe(z.string().regex(/^[\x21-\x7e]{1,256}$/))

/** What is not as it should be is left out: nobody is refused for a strange avatar. */
export const Words = z.string().trim().min(1).max(256).nullish().catch(null)
export const Email = z.email().max(256).nullish().catch(null)
export const Address = z
  .url({ protocol: /^https?$/ })
  .max(256)
  .nullish()
  .catch(null)

/** Only a plain yes is a yes, also in text; anything else and nothing at all is a no. */
export const Yes = z
  .literal([true, 'true'])
  .transform(() => true)
  .catch(false)
