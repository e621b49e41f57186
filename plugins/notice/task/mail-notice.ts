import { id, task, z } from '#core'

export const mailNotice = task({
  name: 'notice.mail',
  title: 'Mail a notice to its audience',
  payload: z.object({ notice_id: id() }),
  unique: true,
  attempts: 5,
  pause: 30,
})
