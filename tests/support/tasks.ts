import { setTimeout as pause } from 'node:timers/promises'
import { env } from '../../src/config/env'
import { inTransaction, reader } from '../../src/infra/database'
import { redis } from '../../src/infra/redis'
import { systemCall } from '../../src/core/call'
import type { EnqueueOptions } from '../../src/core/accept-task'
import { enqueue } from '../../src/core/enqueue'
import type { Task } from '../../src/core/task'
import { workerName } from '../../src/core/worker-presence'
import { outboxCrud } from '../../src/app/task/crud/outbox'
import { resultCrud } from '../../src/app/task/crud/result'
import type { z } from 'zod'

/** Accepts a task as a request does: in a transaction, with what follows the commit. @returns its task id */
export async function ask<P extends z.ZodType>(
  task: Task<P>,
  payload: z.input<P>,
  options?: EnqueueOptions,
): Promise<string> {
  const { call, id } = await inTransaction(async (db) => {
    const made = systemCall(db)
    return { call: made, id: await enqueue(made, task, payload, options) }
  })
  await call.committed()
  return id
}

export async function resultOf(taskId: string) {
  const row = await resultCrud.byTaskId(reader(), taskId)
  if (!row) throw new Error(`no row for ${taskId}`)
  return row
}

/** Waits until the task is in one of the states. @returns its result */
export async function reaches(taskId: string, ...states: string[]) {
  for (let tries = 0; tries < 800; tries += 1) {
    const row = await resultOf(taskId)
    if (states.includes(row.status)) return row
    await pause(25)
  }
  throw new Error(`${taskId} is still ${(await resultOf(taskId)).status}`)
}

export const ending = (taskId: string) => reaches(taskId, 'SUCCESS', 'FAILURE', 'REVOKED')

/**
 * Tasks of other test files are not run here: they were left waiting, and nobody here knows them. Their workers, where
 * they were killed, would be taken to be alive for some seconds. Call it after `useApp`.
 */
export function forgetTasks(): void {
  beforeAll(async () => {
    await outboxCrud.purge(reader(), {})
    await resultCrud.purge(reader(), {})
    await forgetWorkers()
  })
}

async function forgetWorkers(): Promise<void> {
  const list = `${env.CELERY_REDIS_PREFIX}:workers`
  for (const name of await redis().smembers(list)) {
    if (name === workerName()) continue
    await redis().del(`${env.CELERY_REDIS_PREFIX}:worker:${name}`)
    await redis().srem(list, name)
  }
}
