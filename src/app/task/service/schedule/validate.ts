import { AppError, InvalidInput, now, type Call } from '#core'
import type { ScheduleInput, ScheduleVerdict } from '../../schema/schedule'
import { check } from './check'
import { following, shown } from './look'
import { beginning } from './position'
import { draftOf } from './schedule'

/**
 * Whether a schedule would be taken as it is, and when it would be due.
 * @param id of the schedule that would be changed; null for a new one
 * @throws 404
 */
export async function validate(
  call: Call,
  input: ScheduleInput,
  id: string | null,
  count: number,
): Promise<ScheduleVerdict> {
  const draft = await draftOf(call, input, id)
  try {
    await check(call, draft, id)
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error
    return { valid: false, errors: problemsOf(call, error), next: null }
  }
  const first = beginning(draft, now()).next_run_time
  return { valid: true, errors: [], next: shown(draft, first ? following(draft, first, count) : []) }
}

function problemsOf(call: Call, error: AppError) {
  if (!(error instanceof InvalidInput)) return [{ field: null, message: call.t(error.key, error.params) }]
  return error.issues.map(({ loc, key, params }) => ({
    field: loc.slice(1).join('.'),
    message: call.t(key, params),
  }))
}
