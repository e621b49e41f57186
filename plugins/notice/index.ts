import { module, runs } from '#core'
import { myNoticeRoutes } from './api/my-notice'
import { noticeRoutes } from './api/notice'
import { Notice } from './model/notice'
import { NoticeRead } from './model/notice-read'
import { NoticeTarget } from './model/notice-target'
import { mail } from './service/mail'
import { mailNotice } from './task/mail-notice'

/** Announcements for everybody, some users or some roles. */
export default module({
  name: 'notice',
  routes: [...myNoticeRoutes, ...noticeRoutes],
  models: [Notice, NoticeTarget, NoticeRead],
  tasks: [runs(mailNotice, mail)],
})
