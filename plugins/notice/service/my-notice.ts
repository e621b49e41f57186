import { now, oneAtATime, type Call, type Page, type Row } from '#core'
import { noticeReadCrud, noticeTargetCrud } from '../crud/links'
import { noticeCrud } from '../crud/notice'
import type { Notice } from '../model/notice'
import type { MyNoticeList } from '../schema/notice'

/** Nobody reads further back; what is older counts as read. */
const NEWEST = 1000

export type MyNotice = Row<Notice> & { is_read: boolean }

/** What is shown to the caller, the newest first. */
export async function list(call: Call, query: MyNoticeList): Promise<Page<MyNotice>> {
  const { items, total } = query.unread
    ? await noticeCrud.pageOf(call.db, query, await unreadIds(call))
    : await noticeCrud.shown(call.db, query, await meantFor(call))
  const read = await noticeReadCrud.readBy(
    call.db,
    call.me.id,
    items.map(({ id }) => id),
  )
  return { items: items.map((notice) => ({ ...notice, is_read: read.has(notice.id) })), total }
}

/** How many of the newest thousand the caller has not read. */
export const countUnread = async (call: Call): Promise<{ unread: number }> => ({
  unread: (await unreadIds(call)).length,
})

/** Marks notices as read, all without `ids`. Those that are not shown to the caller are passed over. */
export async function read(call: Call, ids: string[] | undefined): Promise<void> {
  await oneAtATime(call.db, `notice read ${call.me.id}`)
  const unread = await unreadIds(call)
  const wanted = ids === undefined ? unread : unread.filter((id) => ids.includes(id))
  await noticeReadCrud.add(call.db, call.me.id, wanted, now())
}

async function unreadIds(call: Call): Promise<string[]> {
  const shown = await noticeCrud.shownIds(call.db, await meantFor(call), NEWEST)
  const read = await noticeReadCrud.readBy(call.db, call.me.id, shown)
  return shown.filter((id) => !read.has(id))
}

/** Ids of the notices that name the caller or one of the roles he has now. */
export function meantFor(call: Call): Promise<string[]> {
  const { id, roles } = call.me
  return noticeTargetCrud.noticesFor(call.db, [id, ...roles.map((role) => role.id)], NEWEST)
}
