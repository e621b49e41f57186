import { liveWorkers, type Call } from '#core'
import { resultCrud } from '../crud/result'
import type { LiveWorker } from '../schema/monitor'

const MOST_SHOWN = 100

/** The workers that live, with what each of them does at the moment. */
export async function list(call: Call): Promise<LiveWorker[]> {
  const workers = await liveWorkers()
  const running = await resultCrud.running(
    call.db,
    workers.map((worker) => worker.name),
  )
  return workers.map((worker) => ({
    ...worker,
    roles: [...worker.roles],
    active_tasks: running.filter((row) => row.worker === worker.name).slice(0, MOST_SHOWN),
  }))
}
