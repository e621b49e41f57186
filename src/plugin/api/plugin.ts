import { z } from 'zod'
import { data, file, nothing } from '../../common/reply'
import { route } from '../../core/route'
import { pack } from '../archive'
import { PluginInfo, PluginParams } from '../schema/plugin'
import * as infoService from '../service/info'
import * as switchService from '../service/switch'

export const listPlugins = route({
  method: 'get',
  path: '/sys/plugins',
  title: 'List plugins',
  description: 'Also those that are switched off or set aside, with the reason.',
  access: 'super_user',
  reply: data(z.array(PluginInfo)),
  handle: (call) => infoService.list(call),
})

export const arePluginsChanged = route({
  method: 'get',
  path: '/sys/plugins/changed',
  title: 'Ask whether a plugin was changed since the start',
  access: 'super_user',
  reply: data(z.boolean()),
  handle: () => infoService.isChanged(),
})

export const togglePlugin = route({
  method: 'put',
  path: '/sys/plugins/:plugin/status',
  title: 'Switch a plugin on or off',
  description: 'Takes effect on every process without a restart; requests that are under way are finished.',
  access: 'super_user',
  params: PluginParams,
  reply: nothing(),
  errors: ['plugin.not_found', 'plugin.required_on', 'plugin.needed', 'plugin.lacks', 'plugin.set_aside'],
  handle: (call, { params }) => switchService.toggle(call, params.plugin),
})

export const downloadPlugin = route({
  method: 'get',
  path: '/sys/plugins/:plugin',
  title: 'Download a plugin as a zip',
  access: 'super_user',
  params: PluginParams,
  reply: file('application/x-zip-compressed'),
  errors: ['plugin.not_found'],
  handle: async (_call, { params }) => {
    const { name, folder } = infoService.known(params.plugin)
    return { body: await pack(name, folder), filename: `${name}.zip` }
  },
})

export const pluginRoutes = [listPlugins, arePluginsChanged, togglePlugin, downloadPlugin]
