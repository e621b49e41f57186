import {
  env,
  inTransaction,
  liveWorkers,
  logger,
  nextId,
  now,
  reader,
  tell,
  tellTaskAlert,
  type Call,
  type TaskAlertEvent,
} from '#core'
import { alertCrud } from '../crud/alert'
import { outboxCrud } from '../crud/outbox'
import { resultCrud } from '../crud/result'
import { scheduleCrud } from '../crud/schedule'

const FAILURE_MS = 600_000
const MOST_SCHEDULES = 100

type Finding = Pick<TaskAlertEvent, 'kind' | 'subject' | 'amount'>

/** The alerts that are raised at the moment, the oldest first. */
export const list = (call: Call) => alertCrud.open(call.db)

/** Looks every few seconds whether background work is well; every process does, and one of them tells. @returns what ends it */
export function startAlerts(): () => Promise<void> {
  const seconds = env.TASK_ALERT_LOOK_SECONDS
  if (seconds === 0) return () => Promise.resolve()
  let looking: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    looking = looking.then(tryToLook)
  }, seconds * 1000).unref()
  return async () => {
    clearInterval(timer)
    await looking
  }
}

const tryToLook = () =>
  checkAlerts().catch((err: unknown) =>
    logger.warn('it is not known whether background work is well', { err }),
  )

/**
 * Raises what is wrong, and clears what no longer is, each once across all processes.
 * @param uptime of this process, in seconds
 */
export async function checkAlerts(uptime = process.uptime()): Promise<void> {
  const open = await alertCrud.open(reader())
  const found = [
    ...(await workerless(uptime, open)),
    ...(await longQueues()),
    ...(await failures()),
    ...(await lateSchedules()),
  ]
  const keyOf = ({ kind, subject }: { kind: string; subject: string }) => `${kind}:${subject}`
  const raised = new Set(open.map(keyOf))
  const wrong = new Set(found.map(keyOf))
  for (const one of found.filter((finding) => !raised.has(keyOf(finding)))) await turn(one, true)
  for (const { kind, subject } of open.filter((row) => !wrong.has(keyOf(row))))
    await turn({ kind, subject, amount: 0 }, false)
}

async function turn(finding: Finding, isRaised: boolean): Promise<void> {
  const isOurs = await inTransaction(async (db) => {
    const { kind, subject, amount } = finding
    if (isRaised) await alertCrud.know(db, [{ id: nextId(), created_time: now(), kind, subject }])
    return alertCrud.turn(db, { kind, subject }, isRaised, amount)
  })
  if (!isOurs) return
  const event = { ...finding, raised: isRaised }
  logger.warn(
    isRaised ? 'an alert about background work was raised' : 'an alert about background work was cleared',
    event,
  )
  tell('alert:tasks', 'task_alert', event)
  tellTaskAlert(event)
}

/** While workers and web start together there is none for a moment. */
const GRACE_SECONDS = 30

async function workerless(uptime: number, open: Finding[]): Promise<Finding[]> {
  if ((await liveWorkers()).length > 0) return []
  // Who has just started cannot tell, and leaves it as it is.
  if (uptime < GRACE_SECONDS) return open.filter(({ kind }) => kind === 'no_worker')
  return [{ kind: 'no_worker', subject: '', amount: 0 }]
}

async function longQueues(): Promise<Finding[]> {
  const most = env.TASK_ALERT_QUEUE_LENGTH
  if (most === 0) return []
  const lengths = [...(await outboxCrud.perQueue(reader()))]
  return lengths
    .filter(([, length]) => length > most)
    .map(([subject, amount]) => ({ kind: 'queue_long', subject, amount }))
}

async function failures(): Promise<Finding[]> {
  const most = env.TASK_ALERT_FAILURES
  if (most === 0) return []
  const amount = await resultCrud.failuresSince(reader(), new Date(now().getTime() - FAILURE_MS), most + 1)
  return amount > most ? [{ kind: 'many_failures', subject: '', amount }] : []
}

async function lateSchedules(): Promise<Finding[]> {
  const seconds = env.TASK_ALERT_SCHEDULE_LATE_SECONDS
  if (seconds === 0) return []
  const late = await scheduleCrud.lateSince(
    reader(),
    new Date(now().getTime() - seconds * 1000),
    MOST_SCHEDULES,
  )
  return late.map(({ id, next_run_time }) => ({
    ...{ kind: 'schedule_late', subject: id },
    amount: Math.round((now().getTime() - (next_run_time?.getTime() ?? 0)) / 1000),
  }))
}
