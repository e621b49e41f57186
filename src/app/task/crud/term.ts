import { Crud, Op, type Db, type WhereOptions } from '#core'
import { TaskTerm } from '../model/term'

/** Sorts behind every letter of a word. */
export const BEHIND = '{'

/** What rows of words that begin so fulfil. */
export const beginning = (word: string): WhereOptions<TaskTerm> => ({
  term: { [Op.gte]: word, [Op.lt]: word + BEHIND },
})

class TermCrud extends Crud<TaskTerm> {
  /** Adds the words that are not there yet. */
  async add(db: Db, rows: { id: string; term: string }[]): Promise<void> {
    if (rows.length === 0) return
    const there = await this.find(db, { where: { id: [...new Set(rows.map((row) => row.id))] } })
    const known = new Set(there.map((row) => `${row.id} ${row.term}`))
    await this.appendNew(
      db,
      rows.filter((row) => !known.has(`${row.id} ${row.term}`)),
    )
  }
}

export const termCrud = new TermCrud(TaskTerm)
