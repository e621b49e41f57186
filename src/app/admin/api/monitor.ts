import { data, route } from '#core'
import { RedisMonitor, ServerMonitor } from '../schema/monitor'
import * as monitorService from '../service/monitor'

export const monitorRedis = route({
  method: 'get',
  path: '/monitors/redis',
  title: 'Show the state of Redis',
  access: 'signed_in',
  reply: data(RedisMonitor),
  handle: () => monitorService.redisMonitor(),
})

export const monitorServer = route({
  method: 'get',
  path: '/monitors/server',
  title: 'Show the state of the server',
  access: 'super_user',
  reply: data(ServerMonitor),
  handle: () => monitorService.serverMonitor(),
})

export const monitorRoutes = [monitorRedis, monitorServer]
