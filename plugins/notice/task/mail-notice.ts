import { id, task, z } from '#core'

export const mailNotice = task({
  name: 'notice.mail',
  title: 'Mail a notice to its audience',
  payload: z.object({ notice_id: id(), published_time: z.iso.datetime().optional() }),
  // What is published again while the mails of the time before leave is mailed after them.
  unique: { while: 'waiting' },
  attempts: 5,
  pause: 30,
})
