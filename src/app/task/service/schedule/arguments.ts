import type { ScheduleRow } from '../../crud/schedule'

export interface Arguments {
  args: unknown[]
  kwargs: object
}

/** Arguments that are not JSON text, or not a list or an object. */
export class BrokenArguments extends Error {
  constructor(readonly field: 'args' | 'kwargs') {
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
  try {
    return JSON.parse(text)
  } catch {
    throw new BrokenArguments(field) // what is wrong with it only confuses: the text is in front of the reader
  }
}
