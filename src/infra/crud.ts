import {
  Op,
  fn,
  literal,
  type Attributes,
  type CreationAttributes,
  type Model,
  type ModelStatic,
  type Order,
  type Sequelize,
  type WhereOptions,
} from 'sequelize'
import { env } from '../config/env'
import type { Page, PageQuery } from '../common/page'
import { now } from './clock'
import type { Db } from './db'
import { contains, startsWith } from './dialect'
import { noteRow, noteUpdate } from './row-changes'
import { readRows, rowModelOf } from './rows'
import { MOST_IDS, insertRows, select, selectByIds, type Known } from './plain-rows'
import { deleteRowsById, updateRows } from './row-changing'

/** A row as crud hands it out: plain values with the model's types, not an instance. */
export type Row<M extends Model> = Attributes<M>

export interface Query<M extends Model> {
  where?: WhereOptions<Attributes<M>>
  order?: Order
  limit?: number
  offset?: number
  /** Columns to read; all when left out. */
  columns?: (keyof Attributes<M> & string)[]
  /** Keeps others from changing the rows until the transaction ends. */
  lock?: boolean
}

export interface CrudOptions {
  /** Whether data rules decide which rows are seen. Core models follow DATA_PERMISSION_MODELS. */
  rowRules?: boolean
}

type Bare = Record<string, unknown>

const DIGITS = /^\d{1,19}$/

/**
 * The queries that every table needs. `db` comes first and is required, so a forgotten transaction does not compile.
 * Reads, counts, updates and deletes obey the data rules of the acting user; changes are noted for the operation log.
 */
export class Crud<M extends Model> {
  readonly #rowRules: boolean
  #names: string[] | undefined

  constructor(
    protected readonly model: ModelStatic<M>,
    options: CrudOptions = {},
  ) {
    this.#rowRules = options.rowRules ?? env.DATA_PERMISSION_MODELS.includes(model.name)
  }

  /** The row with this id, or null where there is none or the caller may not see it. */
  async get(db: Db, id: string): Promise<Row<M> | null> {
    const [row] = await this.getMany(db, [id])
    return row ?? null
  }

  /** The first row that fits, or null. */
  async first(db: Db, where: WhereOptions<Attributes<M>>): Promise<Row<M> | null> {
    const [row] = await this.find(db, { where, limit: 1 })
    return row ?? null
  }

  /** All rows with these ids, in no particular order. */
  async getMany(db: Db, ids: readonly string[]): Promise<Row<M>[]> {
    if (ids.length === 0) return []
    if (!this.#isPlain(db, ids)) return this.find(db, { where: byIds<M>(ids) })
    return readRows<Row<M>>(this.model, await selectByIds(this.model, [...new Set(ids)], db))
  }

  /**
   * Like `getMany`, but nobody else can change or delete the rows until the transaction ends: for rules that must
   * still hold at the commit. In order of id, so that two transactions rarely wait for each other.
   * @param columns all when left out
   */
  async lockMany<K extends keyof Row<M> & string>(
    db: Db,
    ids: readonly string[],
    columns?: readonly K[],
  ): Promise<Pick<Row<M>, K>[]> {
    if (ids.length === 0) return []
    if (!this.#isPlain(db, ids))
      return this.find(db, {
        where: byIds<M>(ids),
        order: ['id'],
        lock: true,
        ...(columns && { columns: [...columns] }),
      })
    const options = { columns, lock: true, transaction: db.transaction }
    return readRows<Row<M>>(this.model, await selectByIds(this.model, [...new Set(ids)], options))
  }

  /** Like `get`, and locked as by `lockMany`. */
  async lock(db: Db, id: string): Promise<Row<M> | null> {
    const [row] = await this.lockMany(db, [id])
    return row ?? null
  }

  async find(db: Db, query: Query<M> = {}): Promise<Row<M>[]> {
    const where = this.#visible(db, query.where)
    if (where === 'nothing') return []
    return this.#select(db, { ...query, where })
  }

  /** One page and the number of all rows; the count is skipped where the page itself tells it. */
  async page(db: Db, page: PageQuery, query: Query<M> = {}): Promise<Page<Row<M>>> {
    const offset = (page.page - 1) * page.size
    const items = await this.find(db, { ...query, limit: page.size, offset })
    const isLast = items.length < page.size && (items.length > 0 || offset === 0)
    const total = isLast ? offset + items.length : await this.count(db, query.where)
    return { items, total }
  }

  async count(db: Db, where?: WhereOptions<Attributes<M>>): Promise<number> {
    const visible = this.#visible(db, where)
    if (visible === 'nothing') return 0
    const attributes = [[fn('count', literal('*')), 'count']]
    const [row] = await select(this.model, { where: visible, attributes }, db.transaction)
    return Number(row?.['count'])
  }

  /** A filter: `text` stands somewhere in the column, letter case ignored. */
  protected contains(column: keyof Attributes<M> & string, text: string): WhereOptions {
    return contains(this.#sequelize, column, text)
  }

  /** A filter: the column begins with `text`. */
  protected startsWith(column: keyof Attributes<M> & string, text: string): WhereOptions {
    return startsWith(column, text)
  }

  async exists(db: Db, where: WhereOptions<Attributes<M>>): Promise<boolean> {
    return (await this.find(db, { where, limit: 1, columns: ['id'] })).length > 0
  }

  async create(db: Db, values: CreationAttributes<M>): Promise<Row<M>> {
    const made = await this.model.create(values, { ...db })
    const row = { ...this.#blank, ...plainOf(made) }
    noteRow(db, this.model, 'create', row)
    return row
  }

  async createMany(db: Db, rows: CreationAttributes<M>[]): Promise<void> {
    if (rows.length === 0) return
    const made = await this.model.bulkCreate(rows, { ...db })
    for (const one of made) {
      const row = plainOf(one)
      noteRow(db, this.model, 'create', row)
    }
  }

  /** Adds rows without noting them as changes: for tables that are themselves a record (logs, histories). */
  async append(db: Db, rows: CreationAttributes<M>[]): Promise<void> {
    if (rows.length > 0) await this.model.bulkCreate(rows, { ...db })
  }

  /** Like `append`, for rows that bring their id and time: past the model, which costs more than to store them. */
  async appendNew(db: Db, rows: CreationAttributes<M>[], known?: Known): Promise<void> {
    if (rows.length > 0) await insertRows(this.model, rows, { known, transaction: db.transaction })
  }

  /**
   * Sets columns of rows, each its own values, without noting them as changes; rows that set the same columns share a
   * statement.
   */
  async rewrite(db: Db, changes: { id: string; values: Partial<Row<M>> }[]): Promise<void> {
    if (changes.length > 0) await updateRows(this.model, changes, db.transaction)
  }

  /** Deletes rows without noting that: for tables that are themselves a record. */
  async drop(db: Db, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await deleteRowsById(this.model, ids, db.transaction)
  }

  /**
   * Like `append`, for rows that bring their id and time, and leaves out those whose id is there already; whatever else
   * is wrong with a row is an error.
   */
  async appendOnce(db: Db, rows: CreationAttributes<M>[]): Promise<void> {
    // Not `ignoreDuplicates`: MySQL's INSERT IGNORE also cuts what is too long, SQLite's also leaves out broken rows.
    await this.appendNew(db, rows, { updateOnDuplicate: ['id'], upsertKeys: ['id'] })
  }

  /** Sets the given columns of one row. @returns whether a row was there to change */
  async update(db: Db, id: string, values: Partial<Attributes<M>>): Promise<boolean> {
    return (await this.updateWhere(db, byIds<M>([id]), values)) > 0
  }

  /** Sets the given columns of every row that fits. @returns how many rows there were */
  async updateWhere(
    db: Db,
    where: WhereOptions<Attributes<M>>,
    values: Partial<Attributes<M>>,
  ): Promise<number> {
    const before = await this.#lock(db, where)
    if (before.length === 0) return 0
    const changes: Bare = this.#keepsEditTime ? { ...values, updated_time: now() } : { ...values }
    await this.model.update(changes, { where: byIds<M>(before.map(idOf)), ...db })
    for (const row of before) noteUpdate(db, this.model, row, values)
    return before.length
  }

  /** @returns how many rows were deleted */
  async remove(db: Db, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0
    return this.removeWhere(db, byIds<M>(ids))
  }

  /** @returns how many rows were deleted */
  async removeWhere(db: Db, where: WhereOptions<Attributes<M>>): Promise<number> {
    const before = await this.#lock(db, where)
    if (before.length === 0) return 0
    await this.model.destroy({ where: byIds<M>(before.map(idOf)), ...db })
    for (const row of before) noteRow(db, this.model, 'delete', row)
    return before.length
  }

  /**
   * Deletes without keeping the rows for the operation log, `batch` at a time: for tables that only grow (logs).
   * @returns how many rows were deleted
   */
  async purge(db: Db, where: WhereOptions<Attributes<M>>, batch = 1000): Promise<number> {
    let removed = 0
    for (;;) {
      const rows = await this.find(db, { where, columns: ['id'], limit: batch })
      if (rows.length === 0) return removed
      removed += await this.model.destroy({ where: byIds<M>(rows.map(idOf)), ...db })
      if (rows.length < batch) return removed
    }
  }

  /** Whether rows with these ids can be read with nothing but these in the condition. */
  #isPlain(db: Db, ids: readonly string[]): boolean {
    if (ids.length > MOST_IDS || this.#visible(db, undefined) !== undefined) return false
    return ids.every((id) => DIGITS.test(id))
  }

  #visible(db: Db, where: WhereOptions<Attributes<M>> | undefined): WhereOptions | undefined | 'nothing' {
    if (!this.#rowRules) return where
    const rule = db.rows(rowModelOf(this.model))
    if (rule === 'everything') return where
    if (rule === 'nothing') return 'nothing'
    return where ? { [Op.and]: [where, rule] } : rule
  }

  /** Plain rows, past Sequelize's instances. */
  async #select(db: Db, query: Omit<Query<M>, 'where'> & { where?: WhereOptions }): Promise<Row<M>[]> {
    const options = {
      where: query.where,
      order: query.order,
      limit: query.limit,
      offset: query.offset,
      attributes: query.columns ?? this.#columns,
      ...(query.lock && db.transaction ? { lock: db.transaction.LOCK.UPDATE } : {}),
    }
    return readRows<Row<M>>(this.model, await select(this.model, options, db.transaction))
  }

  get #columns(): string[] {
    return (this.#names ??= Object.keys(this.model.getAttributes()))
  }

  /** The rows that a change is about to touch, locked until the transaction ends. */
  async #lock(db: Db, where: WhereOptions<Attributes<M>>): Promise<Bare[]> {
    const visible = this.#visible(db, where)
    return visible === 'nothing' ? [] : this.#select(db, { where: visible, lock: true })
  }

  get #sequelize(): Sequelize {
    if (!this.model.sequelize) throw new Error(`${this.model.name} is not bound to a database`)
    return this.model.sequelize
  }

  /** A row of nulls: Sequelize leaves out the columns that were not given, a row read back has them. */
  get #blank(): Bare {
    return Object.fromEntries(Object.keys(this.model.getAttributes()).map((column) => [column, null]))
  }

  get #keepsEditTime(): boolean {
    return 'updated_time' in this.model.getAttributes()
  }
}

const byIds = <M extends Model>(ids: readonly string[]) =>
  ({ id: ids.length === 1 ? ids[0] : [...new Set(ids)] }) as unknown as WhereOptions<Attributes<M>>

const plainOf = (made: Model): Bare => made.get({ plain: true }) as Bare

const idOf = (row: object): string => String('id' in row ? row.id : '')
