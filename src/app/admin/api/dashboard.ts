import { data, route, z } from '#core'
import { CardShown } from '../schema/dashboard'
import * as dashboardService from '../service/dashboard'

export const listCards = route({
  method: 'get',
  path: '/dashboard/cards',
  title: 'List the cards of the dashboard',
  description:
    'With their values, as far as the caller may see them. One that cannot be read in time says so.',
  access: 'signed_in',
  reply: data(z.array(CardShown)),
  handle: (call) => dashboardService.cards(call),
})

export const dashboardRoutes = [listCards]
