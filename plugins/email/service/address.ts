import type { Row } from '#core'
import type { Email } from '../model/email'

/** Addresses as the outbox keeps them. */
export const addressesIn = (kept: string | null): string[] => (kept ? kept.split(',') : [])

/** Who has not got a mail and may get it yet. */
export const missingOf = ({ state, missing, recipients }: Row<Email>): string[] =>
  missing === null && state !== 'sent' ? addressesIn(recipients) : addressesIn(missing)
