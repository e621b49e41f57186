import { timestamp, z } from '#core'

export const ConfirmationState = z
  .object({
    /** What the user can confirm with; empty for somebody who has neither. */
    accepts: z.array(z.enum(['password', 'code'])),
    /** Null where nothing is confirmed at the moment. */
    confirmed_until: timestamp().nullable(),
  })
  .meta({ id: 'ConfirmationState' })
