import { emailText, filter, id, ids, optionalMoment, pageQuery, timestamp, z } from '#core'

/** One address or a few; each gets a code of its own. */
export const AskCodes = z.object({
  recipients: z.preprocess(
    (given) => (typeof given === 'string' ? [given] : given),
    z
      .array(emailText())
      .min(1)
      .max(5)
      .transform((list) => [...new Set(list)]),
  ),
})

const state = z.enum(['pending', 'sent', 'failed'])

export const EmailRow = z
  .object({
    id: id(),
    recipients: z.array(z.string()),
    missing: z.array(z.string()).describe('Those who have not got it: yet, or, once it has failed, at all.'),
    refused: z.array(z.string()).describe('Those whom the mail server refused for good.'),
    subject: z.string(),
    state,
    is_hidden: z.boolean(),
    attempts: z.int(),
    last_error: z.string().nullable(),
    sent_time: timestamp().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'EmailRow' })

export const EmailDetail = EmailRow.extend({
  text: z.string().nullable(),
  html: z.string().nullable(),
  attachments: z.array(z.object({ id: id(), name: z.string(), content_type: z.string(), size: z.int() })),
}).meta({ id: 'EmailDetail' })

export const EmailList = z.object({
  ...pageQuery,
  recipient: filter(),
  subject: filter(),
  state: z.preprocess((given) => (given === '' ? undefined : given), state.optional()),
  since: optionalMoment(),
  until: optionalMoment(),
})
export type EmailList = z.output<typeof EmailList>

export const EmailIds = z.object({ pks: ids() })
