import { createHash } from 'node:crypto'
import { misused } from '../../../outcome'
import { readField, type Field } from './field'
import { wordProblem } from './reserved'

/** A plugin that is to be written, around one table. */
export interface Blueprint {
  /** Of the plugin, and the same as it stands in words and permission codes. */
  name: string
  snake: string
  /** What a row is: `book`. */
  entity: string
  table: string
  fields: Field[]
  /** When it was thought out, as names of migrations begin. */
  stamp: string
}

export interface Wish {
  name: string
  entity?: string | undefined
  /** As they are typed. */
  fields: string[]
}

/** What a plugin has whose author says nothing: enough to see how each part looks. */
export const USUAL_FIELDS = ['name:string(64):unique']
const USUAL_ENTITY = 'thing'
/** Characters: it stands in names of types and constants, several times in a line. */
const MOST_OF_ENTITY = 16

/** @throws a sentence for whoever typed it */
export function blueprintOf({ name, entity = USUAL_ENTITY, fields: texts }: Wish, moment: Date): Blueprint {
  const problem = wordProblem(entity, MOST_OF_ENTITY)
  if (problem !== null) throw misused(`Table "${entity}": it ${problem}`)
  const snake = name.replaceAll('-', '_')
  const fields = texts.map(readField)
  const stamp = moment
    .toISOString()
    .replace(/\D/g, '')
    .slice(0, 12)
    .replace(/^\d{8}/, '$&-')
  return fitting({ name, snake, entity, table: `${snake}_${entity}`, fields, stamp })
}

const MOST_FIELDS = 30
/** So that a row fits into what MySQL allows for one, at four bytes a character. */
const MOST_CHARACTERS = 15_000
/** More are rows of a table of their own. */
const MOST_VALUES = 100
/** Names of indexes are cut there, and two that begin alike would be one. */
const LONGEST_INDEX = 60
/** Names of types that the files of a new plugin import, where their model must not have one of them. */
const IMPORTED = new Set(['DataType', 'EditableModel', 'PageQuery', 'WhereOptions'])

function fitting(plan: Blueprint): Blueprint {
  const { fields, table } = plan
  const names = fields.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw misused(`Field "${twice}" is there twice.`)
  if (fields.length > MOST_FIELDS) throw misused(`A table has at most ${MOST_FIELDS} fields at first.`)
  if (sum(fields.map(({ length }) => length)) > MOST_CHARACTERS)
    throw misused(`The strings of a table have at most ${MOST_CHARACTERS} characters together: use text.`)
  if (sum(fields.map(({ values }) => values.length)) > MOST_VALUES)
    throw misused(`The enums of a table have at most ${MOST_VALUES} values together: use another table.`)
  const long = fields.find(({ name, mark }) => mark && `uq_${table}_${name}`.length > LONGEST_INDEX)
  if (long) throw misused(`Field "${long.name}": with table ${table} the name of its index is too long.`)
  if (modelOf(plan).length > 48 || IMPORTED.has(modelOf(plan)))
    throw misused(`Its model would be ${modelOf(plan)}: choose another --table.`)
  return plan
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

/** `book_page` as types are named. */
export const pascal = (snake: string): string =>
  snake.replace(/(^|_)([a-z0-9])/g, (_all, _gap, letter: string) => letter.toUpperCase())

export const camel = (snake: string): string => pascal(snake).replace(/^./, (letter) => letter.toLowerCase())

/** `book_page` as a sentence says it. */
export const words = (snake: string): string => snake.replaceAll('_', ' ')

export const kebab = (snake: string): string => snake.replaceAll('_', '-')

/** More than one of them. */
export function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies')
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

export const modelOf = ({ snake, entity }: Pick<Blueprint, 'snake' | 'entity'>): string =>
  pascal(`${snake}_${entity}`)

export const pathOf = ({ name, entity }: Blueprint): string => `/${name}/${plural(kebab(entity))}`

export const codeOf = ({ snake, entity }: Blueprint, what: 'add' | 'edit' | 'del'): string =>
  `${snake}:${entity}:${what}`

/** Below every id that is made while Steward runs. */
const FIRST_ID = 1_000_000_000_000_000_000n
const ROOM = 100_000_000_000_000_000n

/** Ids of the page and its buttons. Always the same for one name, so that roles keep what they were given. */
export function menuIds({ table }: Blueprint, count: number): string[] {
  const hash = createHash('sha256').update(`menu of ${table}`).digest()
  const first = FIRST_ID + (hash.readBigUInt64BE() % ROOM) * 8n
  return Array.from({ length: count }, (_, at) => String(first + BigInt(at)))
}
