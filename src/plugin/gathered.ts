import type { NamedRows } from '../infra/named-rows'
import type { Code } from './code'

/**
 * What has come into tables of the core for the sake of a plugin since it was installed, each before what it hangs
 * below: what ties roles to its menus, and what its tasks have left.
 */
export function gatheredRows({ inventory, module }: Pick<Code, 'inventory' | 'module'>): NamedRows[] {
  const menus = inventory.rows.get('sys_menu') ?? []
  const tasks = (module.tasks ?? []).map(({ task }) => task.name)
  return [
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
