import { z } from 'zod'
import { isSecretKey, redact } from '../common/redact'
import type { Task } from './task'
import { taskNamed } from './task-registry'

const NONE: ReadonlySet<string> = new Set()
const known = new WeakMap<z.ZodType, ReadonlySet<string>>()

/** Keys, at any depth, whose schema says `.meta({ secret: true })`: for those whose name does not tell. */
export function secretFieldsOf(schema: z.ZodType): ReadonlySet<string> {
  const found = known.get(schema) ?? collect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  known.set(schema, found)
  return found
}

function collect(node: unknown, found = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return found
  if ('properties' in node && typeof node.properties === 'object' && node.properties !== null) {
    for (const [key, property] of Object.entries(node.properties)) if (isSecret(property)) found.add(key)
  }
  for (const inner of Object.values(node)) collect(inner, found)
  return found
}

const isSecret = (property: unknown) =>
  typeof property === 'object' && property !== null && 'secret' in property && property.secret === true

/** Masks secrets in payload or result of a task: those that its schema names, and those whose name tells. */
export function maskTask<T>(name: string, value: T): T
export function maskTask(name: string, value: unknown): unknown {
  const task = taskNamed(name)?.task
  const fields = task ? secretFieldsOf(task.payload) : NONE
  return redact(value, (key) => fields.has(key) || isSecretKey(key))
}

/** Masks arguments without a name; what is not one that the task declares stays. */
export function maskArguments(name: string, args: readonly unknown[]): unknown[] {
  const task: Task | undefined = taskNamed(name)?.task
  const names = task?.positional ?? []
  return args.map((value, at) => {
    const key = names[at]
    if (key === undefined) return maskTask(name, value)
    return maskTask<Record<string, unknown>>(name, { [key]: value })[key]
  })
}
