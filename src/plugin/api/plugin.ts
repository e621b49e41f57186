import { z } from 'zod'
import { data, file, nothing } from '../../common/reply'
import { bool } from '../../core/atoms'
import { route } from '../../core/route'
import { pack } from '../archive'
import { asksToConfirm } from '../permission'
import { PluginInfo, PluginParams } from '../schema/plugin'
import { HASH } from '../stage'
import * as infoService from '../service/info'
import * as installService from '../service/install'
import * as removeService from '../service/remove'
import * as rollBackService from '../service/roll-back'
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

/** Room for the parts of a form beside the archive. */
const LARGEST_ZIP = 20 * 1024 * 1024

const Source = z.object({
  type: z.enum(['zip', 'git', 'npm']),
  repo_url: z.string().max(512).nullable().optional(),
  package: z.string().max(300).nullable().optional(),
  hash: z.preprocess((value) => (value === '' ? undefined : value), z.string().regex(HASH).optional()),
})

const FROM =
  'From an archive, sent as the part `file`, from a Git repository (`#branch` or `#tag` behind its address), or from an npm package (`name@version`). In production only where PLUGIN_INSTALL_IN_PRODUCTION allows it. With `hash` (`sha256-…`, as `steward plugin pack` says it) only what has this hash is taken.'

const SOURCE_ERRORS = [
  ...['plugin.install_dev_only', 'plugin.zip_empty', 'plugin.zip_format', 'plugin.zip_content'],
  ...['plugin.zip_files', 'plugin.zip_name', 'plugin.zip_too_large'],
  ...['plugin.git_empty', 'plugin.git_url', 'plugin.git_address'],
  ...['plugin.npm_name', 'plugin.npm_address', 'plugin.npm_missing', 'plugin.npm_integrity'],
  ...['plugin.hash', 'plugin.invalid', 'plugin.busy', 'plugin.install_failed'],
]

export const installPlugin = route({
  method: 'post',
  path: '/sys/plugins',
  title: 'Install a plugin',
  description: FROM,
  access: 'super_user',
  confirm: asksToConfirm,
  transaction: false,
  upload: { max_size: LARGEST_ZIP, max_files: 1 },
  query: Source,
  reply: nothing(),
  errors: [...SOURCE_ERRORS, 'plugin.installed', 'plugin.git_installed'],
  handle: (call, { query, files }) => installService.install(call, query, files['file']?.[0]),
})

export const upgradePlugin = route({
  method: 'put',
  path: '/sys/plugins/:plugin',
  title: 'Upgrade a plugin',
  description: `Puts a newer version in its place, with its migrations; where that cannot work, the older one is back. ${FROM}`,
  access: 'super_user',
  confirm: asksToConfirm,
  transaction: false,
  upload: { max_size: LARGEST_ZIP, max_files: 1 },
  params: PluginParams,
  query: Source,
  reply: nothing(),
  errors: [
    ...SOURCE_ERRORS,
    ...['plugin.not_found', 'plugin.other', 'plugin.not_newer', 'plugin.needed_version'],
  ],
  handle: (call, { params, query, files }) =>
    installService.upgrade(call, params.plugin, query, files['file']?.[0]),
})

export const rollBackPlugin = route({
  method: 'post',
  path: '/sys/plugins/:plugin/rollback',
  title: 'Roll back a plugin',
  description:
    'Puts the version before the last upgrade back in its place, with the migrations of the newer one undone; that one is kept as an archive. In production as for the installation.',
  access: 'super_user',
  confirm: asksToConfirm,
  transaction: false,
  params: PluginParams,
  reply: nothing(),
  errors: [
    ...['plugin.install_dev_only', 'plugin.not_found', 'plugin.no_former', 'plugin.needed_version'],
    ...['plugin.invalid', 'plugin.busy'],
  ],
  handle: (call, { params }) => rollBackService.rollback(call, params.plugin),
})

export const removePlugin = route({
  method: 'delete',
  path: '/sys/plugins/:plugin',
  title: 'Remove a plugin',
  description:
    'With its tables and rows, unless `keep_data` says otherwise; its folder is kept as an archive. Refused where code that fails keeps its migrations or names from being known; with `keep_data` it can go all the same. In production as for the installation.',
  access: 'super_user',
  confirm: asksToConfirm,
  transaction: false,
  params: PluginParams,
  query: z.object({ keep_data: bool().optional() }),
  reply: nothing(),
  errors: [
    'plugin.uninstall_dev_only',
    'plugin.not_found',
    'plugin.required',
    'plugin.needed',
    'plugin.not_undone',
    'plugin.busy',
  ],
  handle: (call, { params, query }) =>
    removeService.uninstall(call, params.plugin, { keepData: query.keep_data === true }),
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

export const pluginRoutes = [
  listPlugins,
  arePluginsChanged,
  installPlugin,
  upgradePlugin,
  rollBackPlugin,
  removePlugin,
  togglePlugin,
  downloadPlugin,
]
