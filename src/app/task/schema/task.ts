import { bool, text, z } from '#core'

export const RegisteredTask = z.object({ name: z.string(), task: z.string() }).meta({ id: 'RegisteredTask' })

export const TaskIdParams = z.object({ task_id: text(155, 1) })

export const CancelQuery = z.object({ terminate: bool().default(false) })
export type CancelQuery = z.output<typeof CancelQuery>

export const RunTask = z
  .object({
    task: text(256, 1),
    args: z.array(z.unknown()).max(100).default([]),
    kwargs: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({ id: 'RunTask' })
export type RunTask = z.output<typeof RunTask>

export const AcceptedTask = z.object({ task_id: z.string() }).meta({ id: 'AcceptedTask' })

export const TaskNameParams = z.object({ name: text(155, 1) })

export const TaskForm = z
  .object({
    name: z.string().meta({ description: 'Title' }),
    task: z.string().meta({ description: 'Identifier' }),
    queue: z.string(),
    positional: z.array(z.string()).meta({ description: 'Keys of arguments without a name, in order' }),
    is_unique: z.boolean(),
    payload: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of the named arguments' }),
  })
  .meta({ id: 'TaskForm' })
export type TaskForm = z.input<typeof TaskForm>
