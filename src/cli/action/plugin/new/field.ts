import { misused } from '../../../outcome'
import { nameProblem } from './reserved'

/** The kinds of columns that a new table can have. */
export const KINDS = [
  ...(['string', 'text', 'integer', 'number', 'boolean'] as const),
  ...(['time', 'enum', 'json', 'id'] as const),
]
export type Kind = (typeof KINDS)[number]

/** A column of the table that a new plugin is written around. */
export interface Field {
  name: string
  kind: Kind
  /** Characters of a string, 0 for other kinds. */
  length: number
  /** Of an enum. */
  values: string[]
  nullable: boolean
  mark: 'unique' | 'index' | null
}

export const FIELD_HELP = `NAME:TYPE, TYPE? where it may be empty, TYPE:unique or TYPE:index behind it;
types: string(64), text, integer, number, boolean, time, enum(a,b), json, id`

const FORM = /^([^:]*):([^:(?]*)(?:\(([^)]*)\))?(\?)?(?::([^:]*))?$/

const isKind = (word: string): word is Kind => KINDS.some((kind) => kind === word)

/** What is written in a few characters: `title:string(64):unique`. @throws naming the field and what is wrong */
export function readField(text: string): Field {
  const wrong = (words: string) => misused(`Field "${text}": ${words}`)
  const found = FORM.exec(text.replaceAll(' ', ''))
  if (!found) throw wrong(`must be ${FIELD_HELP}`)
  const [, name = '', kind = '', inside, question, mark] = found
  const problem = nameProblem(name)
  if (problem !== null) throw wrong(`${name} ${problem}`)
  if (!isKind(kind)) throw wrong(`there is no type "${kind}"; types are ${KINDS.join(', ')}`)
  if (mark !== undefined && mark !== 'unique' && mark !== 'index')
    throw wrong(`"${mark}" is not known behind a type; it is unique or index`)
  const nullable = question !== undefined
  const field: Field = { name, kind, length: 0, values: [], nullable, mark: mark ?? null }
  try {
    return checked({ ...field, ...insideOf(kind, inside) })
  } catch (error) {
    throw error instanceof RangeError ? wrong(error.message) : error
  }
}

const MOST_CHARACTERS = 1000
const USUAL_CHARACTERS = 255

/** What stands in brackets behind the type. */
function insideOf(kind: Kind, inside: string | undefined): Partial<Field> {
  if (kind === 'string') return { length: lengthOf(inside ?? String(USUAL_CHARACTERS)) }
  if (kind === 'enum') return { values: valuesOf(inside ?? '') }
  if (inside !== undefined) throw new RangeError(`${kind} has nothing in brackets behind it`)
  return {}
}

function lengthOf(text: string): number {
  const length = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (length >= 1 && length <= MOST_CHARACTERS) return length
  throw new RangeError(`a string has 1 to ${MOST_CHARACTERS} characters; text has up to 100000`)
}

const VALUE = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/
/** How long a value of an enum may be, and the column that keeps it. */
export const VALUE_CHARACTERS = 32

function valuesOf(text: string): string[] {
  const values = text.split(',')
  const odd = values.find((value) => !VALUE.test(value) || value.length > VALUE_CHARACTERS)
  if (odd !== undefined)
    throw new RangeError(
      `"${odd}" is no value of an enum: words of small letters and digits joined by _ or -, at most ${VALUE_CHARACTERS} characters`,
    )
  if (new Set(values).size !== values.length) throw new RangeError('an enum has each value once')
  return values
}

const UNIQUE: Kind[] = ['string', 'integer', 'id']
const INDEXED: Kind[] = ['string', 'integer', 'number', 'boolean', 'time', 'enum', 'id']

function checked(field: Field): Field {
  const { kind, mark, length } = field
  if (mark === 'unique' && !UNIQUE.includes(kind))
    throw new RangeError(`${kind} cannot be unique; ${UNIQUE.join(', ')} can`)
  if (mark === 'index' && !INDEXED.includes(kind)) throw new RangeError(`${kind} cannot have an index`)
  if (mark !== null && length > USUAL_CHARACTERS)
    throw new RangeError(`a string with an index has at most ${USUAL_CHARACTERS} characters`)
  return field
}
