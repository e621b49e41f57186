import {
  enqueue,
  invalid,
  notFound,
  nothingChanged,
  notify,
  now,
  type Call,
  type Page,
  type Row,
} from '#core'
import { noticeReadCrud, noticeTargetCrud } from '../crud/links'
import { noticeCrud } from '../crud/notice'
import type { Notice } from '../model/notice'
import type { NoticeList, PublishNotice, SaveNotice } from '../schema/notice'
import { mailNotice } from '../task/mail-notice'
import { meantFor } from './my-notice'

declare module '#core' {
  interface ServerEvents {
    /** Something was announced to whoever hears it. */
    notice: (notice: { id: string; title: string; type: number }) => void
  }
}

/**
 * @param of all notices, or of those that are shown to the caller
 * @throws 404 `notice.not_found`
 */
export async function get(call: Call, id: string, of: 'all' | 'mine'): Promise<Row<Notice>> {
  const notice = await noticeCrud.getAmong(call.db, id, await audience(call, of))
  if (!notice) throw notFound('notice.not_found')
  return notice
}

/** @param of all notices, or of those that are shown to the caller */
export const list = async (call: Call, query: NoticeList, of: 'all' | 'mine'): Promise<Page<Row<Notice>>> =>
  noticeCrud.list(call.db, query, query, await audience(call, of))

const audience = async (call: Call, of: 'all' | 'mine') => (of === 'all' ? null : meantFor(call))

export async function create(call: Call, input: SaveNotice): Promise<void> {
  await noticeCrud.create(call.db, input)
}

export async function update(call: Call, id: string, input: SaveNotice): Promise<void> {
  if (!(await noticeCrud.lock(call.db, id))) throw notFound('notice.not_found')
  await noticeCrud.update(call.db, id, input)
}

export async function remove(call: Call, ids: string[]): Promise<void> {
  if ((await noticeCrud.remove(call.db, ids)) === 0) throw nothingChanged()
  await noticeTargetCrud.removeOf(call.db, ids)
  await noticeReadCrud.removeOf(call.db, ids)
}

/** Shows a notice to its audience, tells those who are signed in at once, and on request everybody by mail. */
export async function publish(call: Call, id: string, input: PublishNotice): Promise<void> {
  const notice = await noticeCrud.lock(call.db, id)
  if (!notice) throw notFound('notice.not_found')
  const targets = input.audience === 'everyone' ? [] : input.ids
  if (input.audience !== 'everyone' && targets.length === 0) throw invalid('ids', 'notice.audience_empty')
  await noticeTargetCrud.replace(call.db, id, targets)
  const moment = now()
  await noticeCrud.update(call.db, id, { status: 1, audience: input.audience, published_time: moment })
  for (const room of roomsOf(input.audience, targets))
    notify(call, room, 'notice', { id, title: notice.title, type: notice.type })
  if (input.mail) await enqueue(call, mailNotice, { notice_id: id, published_time: moment.toISOString() })
}

function roomsOf(audience: Notice['audience'], targets: readonly string[]) {
  if (audience === 'everyone') return ['everybody'] as const
  return targets.map((target) => `${audience === 'users' ? 'user' : 'role'}:${target}` as const)
}
