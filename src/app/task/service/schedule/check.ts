import {
  InvalidInput,
  TimeRuleFault,
  checkArguments,
  conflict,
  env,
  invalid,
  isZone,
  liveWorkers,
  queues,
  taskNamed,
  type AppError,
  type Call,
} from '#core'
import { scheduleCrud, type ScheduleRow } from '../../crud/schedule'
import { BrokenArguments, argumentsOf } from './arguments'
import { CRONTAB, planOf, type Timing } from './plan'

/** A schedule as it would be after a change. */
export type Draft = Timing &
  Pick<
    ScheduleRow,
    'name' | 'task' | 'args' | 'kwargs' | 'queue' | 'start_time' | 'expire_time' | 'expire_seconds'
  > &
  Pick<ScheduleRow, 'catch_up' | 'catch_up_seconds'>

/**
 * Every rule that a schedule must keep, before anything is written.
 * @param id of the schedule that is changed; null for a new one
 * @throws 409 for a name that is taken or two expiries; 400 for a crontab; 422 with the field and the rule for the rest
 */
export async function check(call: Call, draft: Draft, id: string | null): Promise<void> {
  if (await scheduleCrud.isTaken(call.db, draft.name, id)) throw conflict('scheduler.name_taken')
  if (draft.expire_time && draft.expire_seconds !== null) throw conflict('scheduler.two_expiries')
  checkTiming(draft)
  if (draft.start_time && draft.expire_time && draft.expire_time <= draft.start_time)
    throw invalid('expire_time', 'validation.time_order')
  if (draft.catch_up === 'all' && draft.catch_up_seconds === null)
    throw invalid('catch_up_seconds', 'scheduler.window_needed')
  await checkTask(draft)
  checkPayload(draft)
}

/** @throws 400 for a crontab, 422 for an interval or a zone */
export function checkTiming(draft: Timing): void {
  if (draft.timezone !== null && !isZone(draft.timezone)) throw invalid('timezone', 'validation.timezone')
  try {
    planOf(draft, new Date(0))
  } catch (error) {
    if (!(error instanceof TimeRuleFault)) throw error
    throw draft.type === CRONTAB ? badCrontab(error) : badInterval(error)
  }
}

const badCrontab = ({ key, params }: TimeRuleFault) =>
  new InvalidInput([{ type: 'cron', loc: ['body', 'crontab'], key, params }], 400)

function badInterval({ key, params }: TimeRuleFault): AppError {
  const field = key === 'interval.period' ? 'interval_period' : 'interval_every'
  return new InvalidInput([{ type: 'interval', loc: ['body', field], key, params }])
}

/** Workers may know more tasks and queues than this process; where none lives, what is known here decides. */
async function checkTask({ task, queue }: Draft): Promise<void> {
  const isKnown = taskNamed(task) !== null
  const isQueue = queue === null || queues(1).has(queue)
  if (isKnown && isQueue) return
  const workers = await liveWorkers()
  if (!isKnown && !workers.some((worker) => worker.tasks.some((one) => one.task === task)))
    throw invalid('task', 'scheduler.task_unknown')
  if (!isQueue && !workers.some((worker) => queue in worker.queues))
    throw invalid('queue', 'scheduler.queue_unknown')
}

function checkPayload(draft: Draft): void {
  const { args, kwargs } = readArguments(draft)
  const bound = taskNamed(draft.task)
  const wrong = bound && checkArguments(bound.task, args, kwargs)
  if (wrong) throw new InvalidInput(wrong.issues.map((issue) => ({ ...issue, loc: below(issue.loc) })))
}

/** The argument lies in the text of one of two fields: in the first if it was given there. */
const below = (loc: (string | number)[]) => {
  const field = loc[1] === 'args' ? 'args' : 'kwargs'
  return ['body', field, ...loc.slice(field === 'args' ? 2 : 1)]
}

function readArguments(draft: Draft) {
  try {
    return argumentsOf(draft)
  } catch (error) {
    if (!(error instanceof BrokenArguments)) throw error
    if (error.isTooDeep) throw invalid(error.field, 'validation.too_deep', { max: env.BODY_MAX_DEPTH })
    throw invalid(error.field, `scheduler.${error.field}_form`)
  }
}
