import { baseColumns, columnTypes, required, type Migration, type MigrationContext } from '../infra/migrator'
import type { Dialect } from '../infra/dialect'

/** What the migrations of a plugin do, found out by running them on nothing. */
export interface Inventory {
  /** Tables that they make. */
  tables: string[]
  /** Tables whose structure they change or which they take away, also others' tables. */
  altered: string[]
  /** Rows that they add, by table. */
  rows: Map<string, string[]>
  /** Tables out of which they take rows. */
  emptied: string[]
}

/** @throws what the migrations throw */
export async function inventoryOf(migrations: Migration[], dialect: Dialect): Promise<Inventory> {
  const found = { tables: new Set<string>(), altered: new Set<string>(), emptied: new Set<string>() }
  const rows = new Map<string, string[]>()
  const nothing = () => Promise.resolve()
  const alter = (table: string) => nothing().then(() => void found.altered.add(table))
  const context: MigrationContext = {
    ...{ types: columnTypes(dialect), base: baseColumns(dialect), required, dialect },
    ...{ dropTable: alter, addIndex: alter, dropIndex: alter, addColumn: alter, dropColumn: alter },
    createTable: (table) => nothing().then(() => void found.tables.add(table)),
    insert: (table, added) => {
      const ids = added.map((row) => String(row['id']))
      return nothing().then(() => void rows.set(table, [...(rows.get(table) ?? []), ...ids]))
    },
    remove: (table) => nothing().then(() => void found.emptied.add(table)),
  }
  for (const migration of migrations) await migration.up(context)
  for (const migration of [...migrations].reverse()) await migration.down(context)
  return { tables: [...found.tables], altered: [...found.altered], rows, emptied: [...found.emptied] }
}

/** Tables of the core into which a plugin may put rows of its own: its pages and buttons, and what ties roles to them. */
const SHARED = new Set(['sys_menu', 'sys_role_menu'])

/** Every table that the migrations touch without owning it. @param mayFill tables of plugins that are required */
export function trespasses(
  { tables, altered, rows, emptied }: Inventory,
  mayFill: (table: string) => boolean,
): string[] {
  const own = new Set(tables)
  const shared = (table: string) => SHARED.has(table) || mayFill(table)
  return [
    ...altered.filter((table) => !own.has(table)),
    ...[...rows.keys(), ...emptied].filter((table) => !own.has(table) && !shared(table)),
  ]
}
