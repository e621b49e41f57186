import { id, task, z } from '#core'

/** The pauses grow from half a minute to a quarter of an hour: long enough for a server that greylists. */
export const sendEmail = task({
  name: 'email.send',
  title: 'Hand a mail over to the mail server',
  payload: z.object({ email_id: id() }),
  attempts: 6,
  pause: 30,
})
