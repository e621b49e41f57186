import type { BoundTask, Task } from './task'
import type { Db } from '../infra/db'
import { isHiddenPlugin } from './hidden-page'
import { holdModule, mountedModules, workingModules } from './working-modules'

/** The queue of tasks that name none, as schedules know it. */
export const DEFAULT_QUEUE = 'celery'

/** Names under which schedules of the ancestor keep tasks that are called otherwise here. */
const ALIASES: Record<string, string> = {
  'backend.app.task.tasks.db_log.tasks.delete_db_opera_log': 'admin.purge-opera-logs',
  'backend.app.task.tasks.db_log.tasks.delete_db_login_log': 'admin.purge-login-logs',
  'celery.backend_cleanup': 'task.purge-results',
}

/**
 * The module of a task that waits because the module does not work, or null. Of one whose code is not loaded, because it
 * is set aside or gone with its data kept, tasks are known by the first part of their names.
 */
export function holderOf(name: string): string | null {
  if (taskNamed(name)) return null
  const owner = mountedModules().find((one) => one.tasks?.some((bound) => bound.task.name === name))
  if (owner) return owner.name
  const [first = ''] = name.split('.')
  return isHiddenPlugin(first) ? first : null
}

/** Name of the module that a task came with; null where that does not work any more. */
export const ownerOf = (bound: BoundTask): string | null =>
  workingModules().find((one) => one.tasks?.includes(bound))?.name ?? null

/** What is kept for a task goes with its module: that stays until the transaction ends. @returns whether it works at all */
export async function holdTask(db: Db, bound: BoundTask): Promise<boolean> {
  const owner = ownerOf(bound)
  return owner !== null && holdModule(db, owner)
}

/** Every task that can run here. */
export const allTasks = (): BoundTask[] => workingModules().flatMap((one) => one.tasks ?? [])

/** The task of this name or alias, or null. */
export function taskNamed(name: string): BoundTask | null {
  const alias = ALIASES[name]
  return declared(name) ?? (alias === undefined ? null : declared(alias))
}

/** Asked some ten times for each run of a task: without a list of all. */
function declared(name: string): BoundTask | null {
  for (const { tasks = [] } of workingModules()) {
    const bound = tasks.find(({ task }) => task.name === name)
    if (bound) return bound
  }
  return null
}

/** What can be scheduled: every task under its name, and under the name that schedules of the ancestor use. */
export function taskNames(): { name: string; task: string }[] {
  const tasks = allTasks()
  const own = tasks.map(({ task }) => ({ name: task.title, task: task.name }))
  const aliases = Object.entries(ALIASES).flatMap(([alias, name]) => {
    const bound = tasks.find(({ task }) => task.name === name)
    return bound ? [{ name: bound.task.title, task: alias }] : []
  })
  return [...own, ...aliases].sort((a, b) => (a.task < b.task ? -1 : 1))
}

export const queueOf = (task: Task): string => task.queue ?? DEFAULT_QUEUE

/** The queues of all tasks, and how many tasks of each one worker runs at once. */
export const queues = (usual: number): Map<string, number> =>
  new Map([DEFAULT_QUEUE, ...allTasks().map(({ task }) => queueOf(task))].map((queue) => [queue, usual]))

/**
 * Arguments as schedules keep them become the payload: those without a name take the names the task declares.
 * @throws RangeError when there are more than it declares
 */
export function payloadOf(task: Task, args: readonly unknown[], kwargs: object): Record<string, unknown> {
  const names = task.positional ?? []
  if (args.length > names.length)
    throw new RangeError(`${task.name} takes ${names.length} arguments without a name, not ${args.length}`)
  const named = args.map((value, at) => [names[at] ?? '', value] as const)
  return { ...Object.fromEntries(named), ...kwargs }
}
