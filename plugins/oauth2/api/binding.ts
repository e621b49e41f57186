import { data, nothing, route, z } from '#core'
import { AuthorizationUrl, Source } from '../schema/oauth2'
import * as bindingService from '../service/binding'
import * as departureService from '../service/departure'

const listBindings = route({
  method: 'get',
  path: '/oauth2/me/bindings',
  title: 'List the services bound to oneself',
  access: 'signed_in',
  reply: data(z.array(z.string())),
  handle: (call) => bindingService.sources(call),
})

const getBinding = route({
  method: 'get',
  path: '/oauth2/me/binding',
  title: 'Get the address for binding an account to oneself',
  description: 'Sets the cookie by which the browser is recognised when it returns.',
  access: 'signed_in',
  query: Source,
  reply: data(AuthorizationUrl),
  handle: (call, { query }) => departureService.bind(call, query.source),
})

const deleteBinding = route({
  method: 'delete',
  path: '/oauth2/me/unbinding',
  title: 'Unbind an account from oneself',
  access: 'signed_in',
  query: Source,
  reply: nothing(),
  errors: ['oauth2.not_bound'],
  handle: (call, { query }) => bindingService.unbind(call, query.source),
})

export const bindingRoutes = [listBindings, getBinding, deleteBinding]
