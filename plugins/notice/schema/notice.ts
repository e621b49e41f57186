import { bool, choice, filter, id, ids, int, pageQuery, status, text, timestamp, z } from '#core'

export const NoticeDetail = z
  .object({
    id: id(),
    title: z.string(),
    type: z.int(),
    status: z.int(),
    content: z.string(),
    audience: z.string(),
    published_time: timestamp().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'NoticeDetail' })

export const NoticeList = z.object({
  ...pageQuery,
  title: filter(64),
  type: int().optional(),
  status: int().optional(),
})
export type NoticeList = z.output<typeof NoticeList>

export const SaveNotice = z.object({
  title: text(64, 1),
  type: choice(0, 1),
  status: status(),
  content: text(100_000, 1),
})
export type SaveNotice = z.output<typeof SaveNotice>

export const NoticeIds = z.object({ pks: ids() })

export const PublishNotice = z.object({
  audience: z.enum(['everyone', 'users', 'roles']).default('everyone'),
  ids: ids().default([]),
  mail: bool().default(false),
})
export type PublishNotice = z.output<typeof PublishNotice>

export const MyNotice = NoticeDetail.omit({ audience: true, status: true })
  .extend({ is_read: z.boolean() })
  .meta({ id: 'MyNotice' })

export const MyNoticeList = z.object({ ...pageQuery, unread: bool().default(false) })
export type MyNoticeList = z.output<typeof MyNoticeList>

export const Unread = z.object({ unread: z.int() })

/** Without `pks`: all of them. */
export const ReadNotices = z.object({ pks: ids().optional() })
