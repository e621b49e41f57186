import type { Transaction, WhereOptions } from 'sequelize'
import { ChangeLog } from '../common/changes'

/** Column kinds that data rules can compare. */
export type ColumnKind = 'string' | 'id' | 'integer' | 'number' | 'boolean' | 'time'

/** A table as the row rules see it. */
export interface RowModel {
  name: string
  columns: Record<string, ColumnKind>
}

/** Which rows of a model its reader may touch. */
export type RowFilter = (model: RowModel) => WhereOptions | 'everything' | 'nothing'

const everything: RowFilter = () => 'everything'

/**
 * The handle that travels from the owner of the transaction down to crud. Spreading it into Sequelize options
 * (`{ where, ...db }`) passes exactly the transaction; who is looking and what changed stay with the handle.
 */
export class Db {
  readonly transaction: Transaction | undefined
  readonly #rows: RowFilter
  readonly #changes: ChangeLog

  constructor(transaction?: Transaction, rows: RowFilter = everything, changes = new ChangeLog()) {
    this.transaction = transaction
    this.#rows = rows
    this.#changes = changes
  }

  /** Data rules of the acting user; see `security/data-scope.ts`. */
  get rows(): RowFilter {
    return this.#rows
  }

  /** What this transaction has changed so far, for the operation log. */
  get changes(): ChangeLog {
    return this.#changes
  }

  /** The same transaction and change log without row rules: for checks whose answer must not depend on who asks. */
  get unfiltered(): Db {
    return new Db(this.transaction, everything, this.#changes)
  }
}
