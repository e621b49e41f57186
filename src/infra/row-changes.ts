import type { Model, ModelStatic } from 'sequelize'
import type { Change } from '../common/changes'
import type { LinkModel } from './base-model'
import type { Db } from './db'

type Bare = Record<string, unknown>

const MASK = '[REDACTED]'

/** Notes a row that was made or deleted, for the operation log. */
export function noteRow(db: Db, model: ModelStatic<Model>, action: 'create' | 'delete', row: Bare): void {
  note(db, model, { action, row, [action === 'create' ? 'after' : 'before']: row })
}

/** Notes the columns of a row that the given values change; nothing where none does. */
export function noteUpdate(db: Db, model: ModelStatic<Model>, row: Bare, values: Bare): void {
  const changed = Object.keys(values).filter(
    (name) => values[name] !== undefined && !same(row[name], values[name]),
  )
  if (changed.length === 0) return
  const only = (from: Bare) => Object.fromEntries(changed.map((name) => [name, from[name]]))
  note(db, model, { action: 'update', row, before: only(row), after: only(values) })
}

interface Noted {
  action: Change['action']
  row: Bare
  before?: Bare
  after?: Bare
}

function note(db: Db, model: ModelStatic<Model>, { action, row, before, after }: Noted): void {
  db.changes.add({
    table: model.tableName,
    id: String(row['id']),
    action,
    ...(before && { before: masked(model, row, before) }),
    ...(after && { after: masked(model, row, after) }),
  })
}

function masked(model: ModelStatic<Model>, row: Bare, values: Bare): Bare {
  const secret = secretColumns(model, row)
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([k, v]) => [k, secret.includes(k) && v !== null ? MASK : v]))
}

/** What `LinkModel.secret` says: always the same columns, or some that depend on the row. */
function secretColumns(model: ModelStatic<Model>, row: Bare): readonly string[] {
  if (!('secret' in model)) return []
  const said = model.secret as typeof LinkModel.secret // models that have it are ours
  return typeof said === 'function' ? said(row) : said
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  return a === b || (a === undefined && b === null)
}
