import { card, z } from '#core'
import { emailCrud } from '../crud/email'

/** What is on its way, and what needs somebody to look at it. */
export const outboxCard = card({
  name: 'email.outbox',
  title: 'email.card_outbox',
  access: 'sys:email:list',
  value: z.object({ pending: z.int(), failed: z.int() }),
  read: async ({ db }) => ({
    pending: await emailCrud.count(db, { state: 'pending' }),
    failed: await emailCrud.count(db, { state: 'failed' }),
  }),
})
