import type { QueryInterface } from 'sequelize'
import { database } from './database'
import type { Db } from './db'

/** One row for each rule that transactions take turns at. */
const TABLE = 'sys_lock'

/**
 * Lets transactions take their turn, those of other processes too: from here to the commit nobody else gets past the
 * same name. For rules about a set of rows that neither an index nor a lock of single rows can keep, such as a name
 * that is unique among the rows that are not deleted. Call it first in a transaction, so that two never hold what the
 * other waits for.
 * @param name of the rule or of the set, at most 64 characters
 */
export async function oneAtATime(db: Db, name: string): Promise<void> {
  if (!db.transaction) throw new Error('only transactions can take turns')
  const qi = database().getQueryInterface()
  if (await lockRow(qi, db, name)) return
  await qi.bulkInsert(TABLE, [{ name }], { ...db, ignoreDuplicates: true } as object)
  await lockRow(qi, db, name)
}

async function lockRow(qi: QueryInterface, db: Db, name: string): Promise<boolean> {
  const rows = await qi.select(null, TABLE, {
    where: { name },
    lock: db.transaction?.LOCK.UPDATE,
    tableNames: [],
    ...db,
  } as object)
  return rows.length > 0
}
