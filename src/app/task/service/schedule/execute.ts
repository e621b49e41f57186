import { badRequest, enqueueNamed, type Call } from '#core'
import type { ScheduleRow } from '../../crud/schedule'
import { requireWorkers } from '../control'
import { BrokenArguments, argumentsOf, type Arguments } from './arguments'
import { mustFind } from './schedule'

/**
 * Runs the task of a schedule now. Its queue, expiry and state do not matter, and it does not count as a run of the
 * schedule (contract 5.4).
 * @returns the task id
 * @throws 500 when no worker lives; 404; 400 for stored arguments that cannot be read; 422 when they do not fit
 */
export async function execute(call: Call, id: string): Promise<string> {
  await requireWorkers()
  const row = await mustFind(call, id)
  return enqueueNamed(call, row.task, { ...readable(row), schedule_id: row.id })
}

function readable(row: ScheduleRow): Arguments {
  try {
    return argumentsOf(row)
  } catch (error) {
    if (error instanceof BrokenArguments)
      throw badRequest('scheduler.arguments_broken', { field: error.field })
    throw error
  }
}
