import { env, isAllowed, maskArguments, maskTask, type Call } from '#core'
import type { ScheduleRow } from '../../crud/schedule'

/** Who may change schedules. */
export const EDIT = 'sys:task:edit'
const MASK = '******'

export interface Arguments {
  args: unknown[]
  kwargs: object
}

/** Arguments that are not JSON text, not a list or an object, or nested deeper than anything that a request may bring. */
export class BrokenArguments extends Error {
  constructor(
    readonly field: 'args' | 'kwargs',
    readonly isTooDeep = false,
  ) {
    super(`${field} cannot be read`)
    this.name = 'BrokenArguments'
  }
}

/** What the wire shows and the column keeps: JSON text, whatever came in. The empty text means none. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return JSON.stringify(value)
  return value.trim() === '' ? null : value
}

/** The arguments of a row; those of rows of other origin may not be text. @throws BrokenArguments */
export function argumentsOf(row: Pick<ScheduleRow, 'args' | 'kwargs'>): Arguments {
  const args = read('args', row.args) ?? []
  const kwargs = read('kwargs', row.kwargs) ?? {}
  if (!Array.isArray(args)) throw new BrokenArguments('args')
  if (typeof kwargs !== 'object' || Array.isArray(kwargs)) throw new BrokenArguments('kwargs')
  return { args, kwargs }
}

function read(field: 'args' | 'kwargs', value: unknown): unknown {
  const text = textOf(value)
  if (text === null) return null
  const read = parsed(field, text)
  if (isTooDeep(read)) throw new BrokenArguments(field, true)
  return read
}

function parsed(field: 'args' | 'kwargs', text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BrokenArguments(field) // what is wrong with it only confuses: the text is in front of the reader
  }
}

/** Level by level: whoever walks down such a value by recursion runs out of stack. */
function isTooDeep(root: unknown): boolean {
  let level = [root]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > env.BODY_MAX_DEPTH) return true
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return false
}

/**
 * The arguments as they are shown: to whoever may edit schedules, and therefore reads the row, as they are; to others
 * with secrets masked, as in the results of the task.
 */
export function shownArguments(call: Call, row: Pick<ScheduleRow, 'id' | 'task' | 'args' | 'kwargs'>) {
  const shown = { args: textOf(row.args), kwargs: textOf(row.kwargs) }
  if (
    !call.user ||
    isAllowed(call.user, { access: EDIT }, 'PUT', `${env.FASTAPI_API_V1_PATH}/schedulers/${row.id}`)
  )
    return shown
  const masked = ({ args, kwargs }: Arguments) => ({
    args: shown.args && JSON.stringify(maskArguments(row.task, args)),
    kwargs: shown.kwargs && JSON.stringify(maskTask(row.task, kwargs)),
  })
  try {
    return masked(argumentsOf(row))
  } catch (error) {
    if (!(error instanceof BrokenArguments)) throw error
    // Nobody can tell what in it is secret.
    return { args: shown.args && MASK, kwargs: shown.kwargs && MASK }
  }
}
