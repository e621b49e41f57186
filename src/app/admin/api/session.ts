import { data, id, nothing, route, z } from '#core'
import { OwnSession, Session, SessionList, sessionName } from '../schema/session'
import * as sessionService from '../service/session'

export const listSessions = route({
  method: 'get',
  path: '/monitors/sessions',
  title: 'List sessions',
  description: 'All live sessions for super users who are staff, the own ones for everybody else.',
  access: 'signed_in',
  query: SessionList,
  reply: data(z.array(Session)),
  handle: (call, { query }) => sessionService.list(call, query),
})

export const endSession = route({
  method: 'delete',
  path: '/monitors/sessions/:pk',
  title: 'End a session',
  description: 'Of the user `pk`. Everybody may end the own ones, super users who are staff all.',
  access: 'signed_in',
  params: z.object({ pk: id() }),
  query: z.object({ session_uuid: sessionName() }),
  reply: nothing(),
  errors: ['auth.permission_denied'],
  handle: (call, { params, query }) => sessionService.end(call, params.pk, query.session_uuid),
})

export const listOwnSessions = route({
  method: 'get',
  path: '/sys/users/me/sessions',
  title: 'List own sessions',
  access: 'signed_in',
  reply: data(z.array(OwnSession)),
  handle: (call) => sessionService.listOwn(call),
})

export const endOwnSession = route({
  method: 'delete',
  path: '/sys/users/me/sessions/:session_uuid',
  title: 'End an own session',
  access: 'signed_in',
  params: z.object({ session_uuid: sessionName() }),
  reply: nothing(),
  errors: ['session.not_found'],
  handle: (call, { params }) => sessionService.endOwn(call, params.session_uuid),
})

export const sessionRoutes = [listSessions, endSession, listOwnSessions, endOwnSession]
