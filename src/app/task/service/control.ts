import {
  AppError,
  enqueueNamed,
  invalid,
  liveWorkers,
  notFound,
  queueNameOf,
  taskNamed,
  z,
  type Call,
} from '#core'
import type { RunTask, TaskForm } from '../schema/task'

/** The tasks that live workers know, each once, sorted by identifier. @throws 500 when no worker lives */
export async function registered(): Promise<{ name: string; task: string }[]> {
  const workers = await requireWorkers()
  const known = new Map(workers.flatMap((worker) => worker.tasks.map((one) => [one.task, one])))
  return [...known.values()].sort((a, b) => (a.task < b.task ? -1 : 1))
}

/** @throws 500 when no worker lives */
export async function requireWorkers() {
  const workers = await liveWorkers()
  if (workers.length === 0) throw new AppError('task.no_worker', { status: 500 })
  return workers
}

/** For the page of schedules, which only looks whether there are any. */
export const workerStatus = async () =>
  (await liveWorkers()).map((worker) => ({ [worker.name]: { ok: 'pong' } }))

/** Runs a task now. @throws 422 for an unknown name and for arguments that do not fit; 403 while its plugin is off */
export async function run(call: Call, { task, args, kwargs }: RunTask): Promise<{ task_id: string }> {
  try {
    return { task_id: await enqueueNamed(call, task, { args, kwargs }) }
  } catch (error) {
    if (error instanceof AppError && error.key === 'task.unknown') throw invalid('task', error.key)
    throw error
  }
}

/** What a form for a task needs. @throws 404 when there is no such task */
export function formOf(name: string): TaskForm {
  const bound = taskNamed(name)
  if (!bound) throw notFound('task.unknown')
  const { task } = bound
  const payload = z.toJSONSchema(task.payload, { io: 'input', unrepresentable: 'any' })
  return {
    ...{ name: task.title, task: task.name, queue: queueNameOf(task), positional: task.positional ?? [] },
    ...{ is_unique: Boolean(task.unique), payload: { ...payload } },
  }
}
