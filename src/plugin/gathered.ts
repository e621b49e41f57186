import type { Db } from '../infra/db'
import type { NamedRows } from '../infra/named-rows'
import type { Code } from './code'
import type { Manifest } from './manifest'
import { settingRows } from './setting-rows'

/** A plugin whose code could be loaded. */
export interface Loaded {
  name: string
  manifest: Manifest | null
  code: Pick<Code, 'inventory' | 'module'>
}

/** Names of its tasks. */
export const tasksOf = ({ code }: Loaded): string[] => (code.module.tasks ?? []).map(({ task }) => task.name)

/** Names of the settings that it declares. */
export const settingsOf = ({ manifest, code }: Loaded): string[] => {
  const own = Object.keys(code.module.settings?.settings ?? {})
  return [...new Set([...own, ...Object.keys(manifest?.settings ?? {})])]
}

/**
 * What has come into tables of others for the sake of a plugin since it was installed, each before what it hangs below:
 * what ties roles to its menus, what its tasks have left, and the values that operators keep for its settings.
 */
export async function gatheredRows(db: Db, plugin: Loaded): Promise<NamedRows[]> {
  const { inventory } = plugin.code
  const menus = inventory.rows.get('sys_menu') ?? []
  const tasks = tasksOf(plugin)
  const settings = await settingRows(db, plugin.name, settingsOf(plugin))
  return [
    ...(inventory.tables.includes(settings.table) ? [] : [settings]),
    { table: 'sys_role_menu', where: { menu_id: menus } },
    { table: 'task_tick', where: { task: tasks }, below: { column: 'schedule_id', above: 'task_scheduler' } },
    { table: 'task_term', where: { name: tasks }, below: { column: 'id', above: 'task_result' } },
    { table: 'task_scheduler', where: { task: tasks } },
    { table: 'task_seeded', where: { task: tasks } },
    { table: 'task_outbox', where: { name: tasks } },
    { table: 'task_result', where: { name: tasks } },
  ]
}

/** What is kept about the plugin itself. */
export const ownRecords = (name: string, { migrations }: Pick<Code, 'migrations'>): NamedRows[] => [
  { table: 'sys_plugin', where: { name: [name] } },
  { table: 'sys_migration', where: { name: migrations.map((one) => one.name) } },
]
