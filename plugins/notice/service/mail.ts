import { channels, giveUp, type Call, type TaskRun, type z } from '#core'
import { reachable } from '#app/admin'
import { noticeTargetCrud } from '../crud/links'
import { noticeCrud } from '../crud/notice'
import type { mailNotice } from '../task/mail-notice'

const BATCH = 200

/**
 * Mails a notice to everybody of its audience who has an address. Each mail has a key of its own, with the moment of
 * publishing in it: when the task is repeated, nobody gets it twice; when the notice is published again, everybody does.
 */
export async function mail(
  call: Call,
  { notice_id: id, published_time: moment }: z.output<typeof mailNotice.payload>,
  run: TaskRun,
): Promise<{ mailed: number }> {
  const channel = channels.named('email')
  if (!channel) throw giveUp('no plugin sends mail: is the plugin email enabled?')
  const notice = await noticeCrud.get(call.db, id)
  if (!notice) throw giveUp('the notice was deleted')
  // Tasks from before it was told do not know the moment.
  const publication = `notice:${id}:${moment === undefined ? 0 : Date.parse(moment)}`
  const to = { kind: notice.audience, ids: await noticeTargetCrud.targetsOf(call.db, id) }
  let mailed = 0
  for (let after = '0'; ;) {
    run.signal.throwIfAborted()
    const part = await reachable(call.db, to, after, BATCH)
    for (const { id: user, email } of part) {
      if (!email) continue
      const options = { title: notice.title, key: `${publication}:${user}`, format: 'markdown' } as const
      await channel.send(call, email, notice.content, options)
      mailed++
    }
    run.log(`${mailed} mailed`)
    const last = part.at(-1)
    if (!last || part.length < BATCH) return { mailed }
    after = last.id
  }
}
