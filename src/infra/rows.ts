import { DataTypes, type Model, type ModelStatic } from 'sequelize'
import type { ColumnKind, RowModel } from './db'
import { SNOWFLAKE, dialectOf, type Dialect } from './dialect'

type Reader = (value: unknown) => unknown

const readBoolean: Reader = (value) => value === true || value === 1 || value === '1'
const readTime: Reader = (value) => (value instanceof Date ? value : new Date(String(value)))
const readJson: Reader = (value) => (typeof value === 'string' ? JSON.parse(value) : value)
const readId: Reader = (value) => String(value)

/** Raw rows differ between drivers (0/1, date texts, JSON text, ids as numbers); this makes them equal. */
function readerFor(column: string, type: unknown, dialect: Dialect): Reader | null {
  if (type instanceof DataTypes.BOOLEAN) return dialect === 'postgres' ? null : readBoolean
  if (type instanceof DataTypes.DATE) return dialect === 'sqlite' ? readTime : null
  if (type instanceof DataTypes.JSON) return dialect === 'postgres' ? null : readJson
  if (type instanceof DataTypes.BIGINT || column === 'id') return readId
  return null
}

const compiled = new WeakMap<ModelStatic<Model>, [string, Reader][]>()

function readersOf(model: ModelStatic<Model>): [string, Reader][] {
  const known = compiled.get(model)
  if (known) return known
  const readers: [string, Reader][] = []
  const dialect = model.sequelize ? dialectOf(model.sequelize) : 'sqlite'
  for (const [name, column] of Object.entries(model.getAttributes())) {
    const reader = readerFor(name, column.type, dialect)
    if (reader) readers.push([name, reader])
  }
  compiled.set(model, readers)
  return readers
}

/** Turns raw driver rows into rows with the model's types, in place. */
export function readRows<T extends object>(model: ModelStatic<Model>, rows: Record<string, unknown>[]): T[] {
  const readers = readersOf(model)
  for (const row of rows) {
    for (const [name, read] of readers) {
      const value = row[name]
      if (value !== null && value !== undefined) row[name] = read(value)
    }
  }
  return rows as T[]
}

const kinds = new WeakMap<ModelStatic<Model>, RowModel>()

/** The table as the data rules see it: name and kind of each comparable column. */
export function rowModelOf(model: ModelStatic<Model>): RowModel {
  const known = kinds.get(model)
  if (known) return known
  const columns: Record<string, ColumnKind> = {}
  for (const [name, column] of Object.entries(model.getAttributes())) {
    const kind = kindOf(name, column.type)
    if (kind) columns[name] = kind
  }
  const made = { name: model.name, columns }
  kinds.set(model, made)
  return made
}

function kindOf(name: string, type: unknown): ColumnKind | null {
  if (type === SNOWFLAKE || type instanceof DataTypes.BIGINT || name === 'id' || name.endsWith('_id'))
    return 'id'
  if (type instanceof DataTypes.BOOLEAN) return 'boolean'
  if (type instanceof DataTypes.DATE) return 'time'
  if (type instanceof DataTypes.INTEGER) return 'integer'
  if (type instanceof DataTypes.DOUBLE) return 'number'
  if (type instanceof DataTypes.STRING || type instanceof DataTypes.TEXT) return 'string'
  return null
}
