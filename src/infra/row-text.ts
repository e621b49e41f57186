import { DataTypes, type Model, type ModelStatic } from 'sequelize'
import { dialectOf, timeText } from './dialect'

type Write = (value: unknown) => string

export interface ColumnText {
  name: string
  type: unknown
  /** What stands where a row says nothing. */
  fallback: unknown
  write: Write
}

const compiled = new WeakMap<ModelStatic<Model>, ColumnText[]>()

/**
 * What writes the values of each column, in the model's order. Decided per column once: Sequelize's own way looks each
 * value up, checks it and formats times with moment, ten times as long.
 */
export function columnTexts(model: ModelStatic<Model>): readonly ColumnText[] {
  const known = compiled.get(model)
  if (known) return known
  const columns = Object.entries(model.getAttributes()).map(([name, { type, defaultValue }]) => {
    const fallback: unknown = typeof defaultValue === 'function' ? null : (defaultValue ?? null)
    return { name, type, fallback, write: writerFor(model, type) }
  })
  compiled.set(model, columns)
  return columns
}

/** A row as `(value,value,…)`. */
export function rowText(columns: readonly ColumnText[], row: object): string {
  const values = row as Record<string, unknown>
  let text = ''
  for (const { name, fallback, write } of columns) {
    const value = values[name]
    text += `${text === '' ? '(' : ','}${write(value === undefined ? fallback : value)}`
  }
  return `${text})`
}

/** What some database reads as something else than itself inside of quotes. */
// eslint-disable-next-line no-control-regex -- those are among it
const UNUSUAL = /['\\\u0000-\u001f]/

function writerFor(model: ModelStatic<Model>, type: unknown): Write {
  const db = model.sequelize
  if (!db) throw new Error(`${model.name} is not bound to a database`)
  const dialect = dialectOf(db)
  const escape: Write = (value) => {
    if (value === null) return 'NULL'
    if (typeof value === 'string' && !UNUSUAL.test(value)) return `'${value}'`
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
    return String(db.escape(value as string | number))
  }
  if (type instanceof DataTypes.DATE)
    return (value) => escape(value instanceof Date ? timeText(dialect, value) : value)
  if (type instanceof DataTypes.JSON) return (value) => escape(value === null ? null : JSON.stringify(value))
  return escape
}
