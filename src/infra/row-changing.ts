import { DataTypes, type Model, type ModelStatic, type Transaction } from 'sequelize'
import { dialectOf, idList, updateEach, type Dialect } from './dialect'
import { MOST_IDS, bound, run } from './plain-rows'
import { columnTexts, type ColumnText } from './row-text'

type Bare = Record<string, unknown>

export interface RowChange {
  /** Decimal digits. */
  id: string
  /** By column; what is undefined stays as it is. */
  values: object
}

/**
 * Sets columns of rows by their ids, each its own values. Rows that set the same columns share a statement, and what is
 * the same in all of these stands in it once: states of tasks hardly differ but in their results. Always inside a
 * transaction, for the reason that `insertRows` gives.
 */
export async function updateRows(
  model: ModelStatic<Model>,
  changes: readonly RowChange[],
  transaction: Transaction | undefined,
): Promise<void> {
  if (!transaction) return bound(model).transaction((begun) => updateRows(model, changes, begun))
  const alike = new Map<string, RowChange[]>()
  for (const change of changes) {
    let key = ''
    const values = change.values as Bare
    for (const name in values) if (values[name] !== undefined) key += `${name},`
    const known = alike.get(key)
    if (known) known.push(change)
    else if (key !== '') alike.set(key, [change])
  }
  for (const some of alike.values()) {
    for (let at = 0; at < some.length; at += MOST_IDS)
      await updateAlike(model, some.slice(at, at + MOST_IDS), transaction)
  }
}

/** @param changes of the same columns */
async function updateAlike(
  model: ModelStatic<Model>,
  changes: readonly RowChange[],
  transaction: Transaction,
): Promise<void> {
  const db = bound(model)
  const dialect = dialectOf(db)
  const quote = (name: string) => db.getQueryInterface().quoteIdentifier(name)
  const common: string[] = []
  const columns: { name: string; type: string | null }[] = []
  const rows = changes.map(({ id }) => [idText(dialect, id)])
  const first = changes[0]?.values as Bare
  for (const column of columnTexts(model)) {
    const { name } = column
    if (first[name] === undefined) continue
    const texts = textsOf(changes, column)
    if (texts.length === 1) common.push(`${quote(name)}=${texts[0]}`)
    else {
      columns.push({ name: quote(name), type: readAs(column.type) })
      rows.forEach((row, at) => row.push(texts[at] ?? 'NULL'))
    }
  }
  const table = quote(model.tableName)
  if (columns.length > 0) {
    const sql = updateEach(dialect, { table, common, columns, rows })
    await run(model, { sql }, transaction)
    return
  }
  const ids = idList(
    dialect,
    changes.map(({ id }) => id),
  )
  const sql = `UPDATE ${table} SET ${common.join()} WHERE id IN (${ids.sql})`
  await run(model, { ...ids, sql }, transaction)
}

const DIGITS = /^\d{1,19}$/

/** As it is compared with an id column: a text beside a number would be compared as a rounded one. */
function idText(dialect: Dialect, id: string): string {
  if (!DIGITS.test(id)) throw new TypeError(`${id} is no id`)
  return dialect === 'sqlite' ? `'${id}'` : id
}

/** What a column gets in each row; only one text where that is the same in all of them. */
function textsOf(changes: readonly RowChange[], { name, write }: ColumnText): string[] {
  const first = (changes[0]?.values as Bare)[name]
  const firstText = write(first)
  let isCommon = true
  const texts = changes.map(({ values }) => {
    const value = (values as Bare)[name]
    const text = value === first ? firstText : write(value)
    if (text !== firstText) isCommon = false
    return text
  })
  return isCommon ? [firstText] : texts
}

/** A cast would cut what is too long for a text. */
const readAs = (type: unknown): string | null =>
  type instanceof DataTypes.STRING || type instanceof DataTypes.TEXT
    ? null
    : (type as { toSql(): string }).toSql()

/** Deletes rows by their ids, decimal digits, inside a transaction as well. */
export async function deleteRowsById(
  model: ModelStatic<Model>,
  ids: readonly string[],
  transaction: Transaction | undefined,
): Promise<void> {
  if (!transaction) return bound(model).transaction((begun) => deleteRowsById(model, ids, begun))
  const table = bound(model).getQueryInterface().quoteIdentifier(model.tableName)
  for (let at = 0; at < ids.length; at += MOST_IDS) {
    const { sql, values } = idList(dialectOf(bound(model)), ids.slice(at, at + MOST_IDS))
    await run(model, { sql: `DELETE FROM ${table} WHERE id IN (${sql})`, values }, transaction)
  }
}
