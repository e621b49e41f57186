import { data, env, id, isAllowed, nothing, page, route, z, type Call } from '#core'
import { NoticeDetail, NoticeIds, NoticeList, PublishNotice, SaveNotice } from '../schema/notice'
import * as noticeService from '../service/notice'

const params = z.object({ pk: id() })

export const getNotice = route({
  method: 'get',
  path: '/sys/notices/:pk',
  title: 'Get a notice',
  description:
    'Of all notices for those who may manage them, of those that are shown to the caller for others.',
  access: 'signed_in',
  params,
  reply: data(NoticeDetail),
  errors: ['notice.not_found'],
  handle: (call, { params }) => noticeService.get(call, params.pk, seenBy(call)),
})

export const listNotices = route({
  method: 'get',
  path: '/sys/notices',
  title: 'List notices by page',
  description: 'All of them for those who may manage them, those that are shown to the caller for others.',
  access: 'signed_in',
  query: NoticeList,
  reply: page(NoticeDetail),
  handle: (call, { query }) => noticeService.list(call, query, seenBy(call)),
})

export const createNotice = route({
  method: 'post',
  path: '/sys/notices',
  title: 'Create a notice',
  access: 'sys:notice:add',
  body: SaveNotice,
  reply: nothing(),
  handle: (call, { body }) => noticeService.create(call, body),
})

export const updateNotice = route({
  method: 'put',
  path: '/sys/notices/:pk',
  title: 'Update a notice',
  access: 'sys:notice:edit',
  params,
  body: SaveNotice,
  reply: nothing(),
  errors: ['notice.not_found'],
  handle: (call, { params, body }) => noticeService.update(call, params.pk, body),
})

export const publishNotice = route({
  method: 'post',
  path: '/sys/notices/:pk/publish',
  title: 'Publish a notice',
  description:
    'Shows it to its audience and tells those who are signed in at once; with `mail` everybody of it gets a mail.',
  access: 'sys:notice:publish',
  params,
  body: PublishNotice,
  reply: nothing(),
  errors: ['notice.not_found', 'notice.audience_empty'],
  handle: (call, { params, body }) => noticeService.publish(call, params.pk, body),
})

export const deleteNotices = route({
  method: 'delete',
  path: '/sys/notices',
  title: 'Delete notices',
  access: 'sys:notice:del',
  body: NoticeIds,
  reply: nothing(),
  errors: ['response.error'],
  handle: (call, { body }) => noticeService.remove(call, body.pks),
})

const managing = [createNotice, updateNotice, publishNotice, deleteNotices]

/** Whoever may change notices in any way needs to see them all, whomever they are for. */
const seenBy = ({ me }: Call): 'all' | 'mine' =>
  managing.some((one) => isAllowed(me, one, one.method.toUpperCase(), env.FASTAPI_API_V1_PATH + one.path))
    ? 'all'
    : 'mine'

export const noticeRoutes = [getNotice, listNotices, ...managing]
