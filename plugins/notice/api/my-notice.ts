import { data, nothing, page, route } from '#core'
import { MyNotice, MyNoticeList, ReadNotices, Unread } from '../schema/notice'
import * as myNoticeService from '../service/my-notice'

export const listMyNotices = route({
  method: 'get',
  path: '/sys/notices/me',
  title: 'List the notices shown to me',
  access: 'signed_in',
  query: MyNoticeList,
  reply: page(MyNotice),
  handle: (call, { query }) => myNoticeService.list(call, query),
})

export const countMyUnread = route({
  method: 'get',
  path: '/sys/notices/me/unread',
  title: 'Count the notices I have not read',
  access: 'signed_in',
  reply: data(Unread),
  handle: (call) => myNoticeService.countUnread(call),
})

export const readMyNotices = route({
  method: 'put',
  path: '/sys/notices/me/read',
  title: 'Mark notices as read',
  description: 'All of mine without `pks`.',
  access: 'signed_in',
  body: ReadNotices,
  reply: nothing(),
  handle: (call, { body }) => myNoticeService.read(call, body.pks),
})

export const myNoticeRoutes = [listMyNotices, countMyUnread, readMyNotices]
