import { isoTime, text, z } from '#core'

export const QueueParams = z.object({ name: text(155, 1) })

export const WatchTask = z.object({ task_id: text(155, 1) })
export const WatchQueue = z.object({ queue: text(155, 1) })

export const TaskAlertDetail = z
  .object({
    kind: z.string().meta({ description: 'no_worker, queue_long, many_failures or schedule_late' }),
    subject: z
      .string()
      .meta({ description: 'Name of the queue, id of the schedule; empty where it is about all' }),
    amount: z.int().meta({ description: 'Tasks, failures or seconds when it was raised' }),
    updated_time: isoTime().nullable().meta({ description: 'When it was raised' }),
  })
  .meta({ id: 'TaskAlertDetail' })

export const BoardEntrance = z
  .object({ url: z.string().meta({ description: 'Relative to the server, unless PUBLIC_URL is set' }) })
  .meta({ id: 'BoardEntrance' })

export const DrainQueue = z
  .object({ confirm: text(155).meta({ description: 'The name of the queue, once more' }) })
  .meta({ id: 'DrainQueue' })
export type DrainQueue = z.output<typeof DrainQueue>

export const QueueState = z
  .object({
    name: z.string(),
    paused: z.boolean(),
    accepted: z.int().meta({ description: 'Tasks that are not finished, as the database knows' }),
    waiting: z.int().nullable().meta({ description: 'Jobs in Redis; null while it cannot be asked' }),
    delayed: z.int().nullable(),
    active: z.int().nullable(),
    consumers: z.int().meta({ description: 'Live workers that take from it' }),
    concurrency: z.int().meta({ description: 'How many of its tasks they run at once' }),
  })
  .meta({ id: 'QueueState' })
export type QueueState = z.input<typeof QueueState>

const ActiveTask = z.object({
  task_id: z.string(),
  name: z.string().nullable(),
  queue: z.string().nullable(),
  progress: z.int().nullable(),
  started_time: isoTime().nullable(),
})

export const LiveWorker = z
  .object({
    name: z.string(),
    host: z.string(),
    pid: z.int(),
    version: z.string(),
    roles: z.array(z.string()),
    queues: z.record(z.string(), z.int()).meta({ description: 'How many tasks of each it runs at once' }),
    concurrency: z.int(),
    active: z.int(),
    paused: z.array(z.string()).meta({ description: 'Queues of which it begins nothing' }),
    active_tasks: z.array(ActiveTask).meta({ description: 'The oldest hundred' }),
    started_time: isoTime(),
    seen_time: isoTime(),
  })
  .meta({ id: 'LiveWorker' })
export type LiveWorker = z.input<typeof LiveWorker>
