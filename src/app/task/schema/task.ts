import { bool, filter, id, ids, pageQuery, text, timestamp, z } from '#core'

export const RegisteredTask = z.object({ name: z.string(), task: z.string() }).meta({ id: 'RegisteredTask' })

export const TaskIdParams = z.object({ task_id: text(155, 1) })

export const CancelQuery = z.object({ terminate: bool().default(false) })
export type CancelQuery = z.output<typeof CancelQuery>

export const TaskResultDetail = z
  .object({
    id: id(),
    task_id: z.string(),
    status: z.enum(['PENDING', 'RECEIVED', 'STARTED', 'SUCCESS', 'FAILURE', 'RETRY', 'REVOKED']),
    result: z.unknown(),
    date_done: timestamp().nullable(),
    traceback: z.string().nullable(),
    name: z.string().nullable(),
    args: z.unknown(),
    kwargs: z.unknown(),
    worker: z.string().nullable(),
    retries: z.int().nullable(),
    queue: z.string().nullable(),
    progress: z.int().nullable(),
    log: z.string().nullable(),
    started_time: timestamp().nullable(),
    created_time: timestamp(),
  })
  .meta({ id: 'TaskResultDetail' })
export type TaskResultDetail = z.input<typeof TaskResultDetail>

export const TaskResultList = z.object({ ...pageQuery, name: filter(155), task_id: filter(155) })
export type TaskResultList = z.output<typeof TaskResultList>

export const TaskResultIds = z.object({ pks: ids() })

export const RunTask = z
  .object({
    task: text(256, 1),
    args: z.array(z.unknown()).max(100).default([]),
    kwargs: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({ id: 'RunTask' })
export type RunTask = z.output<typeof RunTask>

export const AcceptedTask = z.object({ task_id: z.string() }).meta({ id: 'AcceptedTask' })
