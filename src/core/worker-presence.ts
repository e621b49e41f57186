import { hostname } from 'node:os'
import { version } from '../utils/version'
import { env } from '../config/env'
import { now } from '../infra/clock'
import { logger } from '../infra/logger'
import { readKeys, redis } from '../infra/redis'
import { taskNames } from './task-registry'

/** What a worker says of itself, every few seconds. */
export interface WorkerReport {
  name: string
  host: string
  pid: number
  version: string
  roles: readonly string[]
  /** By queue, how many of its tasks run at once. */
  queues: Record<string, number>
  /** How many tasks it runs at once in all. */
  concurrency: number
  tasks: { name: string; task: string }[]
  active: number
  /** Queues of which it begins nothing at the moment. */
  paused: string[]
  started_time: string
  seen_time: string
}

const LIFE_SECONDS = 15
const BEAT_MS = 5000

const listKey = () => `${env.CELERY_REDIS_PREFIX}:workers`
const keyOf = (name: string) => `${env.CELERY_REDIS_PREFIX}:worker:${name}`

/** Name of this process in results and lists. */
export const workerName = (): string => `celery@${hostname()}:${process.pid}`

/** Reports this worker as long as it lives. @returns what takes the report back */
export async function startPresence(
  live: () => Pick<WorkerReport, 'active' | 'paused' | 'queues'>,
): Promise<() => Promise<void>> {
  const name = workerName()
  const fixed = {
    ...{ name, host: hostname(), pid: process.pid, version, roles: env.ROLES },
    started_time: now().toISOString(),
  }
  const beat = async () => {
    const { queues, ...rest } = live()
    const report: WorkerReport = {
      ...{ ...fixed, tasks: taskNames(), queues, ...rest, seen_time: now().toISOString() },
      concurrency: Object.values(queues).reduce((a, b) => a + b, 0),
    }
    await redis().set(keyOf(name), JSON.stringify(report), 'EX', LIFE_SECONDS)
    await redis().sadd(listKey(), name)
  }
  const tryBeat = () =>
    beat().catch((err: unknown) => logger.debug('a worker could not report itself', { err }))
  await tryBeat()
  const timer = setInterval(() => void tryBeat(), BEAT_MS).unref()
  return async () => {
    clearInterval(timer)
    await redis().del(keyOf(name))
    await redis().srem(listKey(), name)
  }
}

/** The workers that live, by name. Those that stopped saying so are taken off the list. */
export async function liveWorkers(): Promise<WorkerReport[]> {
  const names = (await redis().smembers(listKey())).sort()
  if (names.length === 0) return []
  const reports = await readKeys(redis(), names.map(keyOf))
  const gone = names.filter((_, at) => reports[at] === null)
  if (gone.length > 0) await redis().srem(listKey(), ...gone)
  return reports.flatMap((text) => (text === null ? [] : [JSON.parse(text) as WorkerReport]))
}
