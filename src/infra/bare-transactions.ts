import type { Sequelize, Transaction } from 'sequelize'
import { runOn } from './plain-rows'

/** The parts of Sequelize behind its public types that begin and end transactions. */
interface Inside {
  startTransaction: Step
  commitTransaction: Step
  rollbackTransaction: Step
  queryGenerator: Record<
    'startTransactionQuery' | 'commitTransactionQuery' | 'rollbackTransactionQuery',
    Text
  >
}
type Step = (transaction: Begun, options: object) => Promise<unknown>
type Text = (transaction: Begun) => string

interface Begun {
  /** Of one inside of another, which is a savepoint. */
  parent?: Transaction
  connection: unknown
  finished?: string
  name?: string | undefined
}

/**
 * Lets transactions begin and end by bare statements. Sequelize sends them through everything that it has for queries of
 * any kind, which takes longer than the database does. What it keeps of a transaction stays the same.
 */
export function bareTransactions(db: Sequelize): void {
  const inside = db.getQueryInterface() as unknown as Inside
  const { startTransaction, commitTransaction, rollbackTransaction, queryGenerator } = inside
  const send = (transaction: Begun, what: keyof typeof queryGenerator) =>
    runOn(db, transaction.connection, { sql: queryGenerator[what](transaction) })
  const end = (transaction: Begun, what: 'commit' | 'rollback') => {
    const sent = send(transaction, `${what}TransactionQuery`)
    // From now on nothing may be sent in it, also while the answer is on its way.
    transaction.finished = what
    return sent
  }
  Object.assign(inside, {
    startTransaction: (transaction, options) =>
      transaction.parent
        ? startTransaction.call(inside, transaction, options)
        : send(transaction, 'startTransactionQuery'),
    commitTransaction: (transaction, options) =>
      transaction.parent ? commitTransaction.call(inside, transaction, options) : end(transaction, 'commit'),
    rollbackTransaction: (transaction, options) =>
      transaction.parent
        ? rollbackTransaction.call(inside, transaction, options)
        : end(transaction, 'rollback'),
  } satisfies Pick<Inside, 'startTransaction' | 'commitTransaction' | 'rollbackTransaction'>)
}
