import {
  Crud,
  Op,
  among,
  countUpTo,
  env,
  idsWhere,
  lowestId,
  newestIds,
  type Db,
  type WhereOptions,
} from '#core'
import { TaskResult } from '../model/result'
import { resultCrud, type ResultRow } from './result'
import { idRange, sourcesOf, timesOf, type SearchFilter, type Source } from './search-source'

export interface Found {
  /** Ids, the newest first. */
  ids: string[]
  /** Of the whole search; where it is not exact, there are at least that many. */
  total: number
  is_exact: boolean
  /** Where to go on with `before`; null at the end. */
  next: string | null
}

/** Rows of one condition that are counted. */
const MOST_COUNTED = 5000
/** Rows of one condition that are asked for others: what is rarer is found whole, what is not a piece at a time. */
const MOST_ASKED = 1000

interface Page {
  size: number
  offset: number
}

class SearchCrud extends Crud<TaskResult> {
  /**
   * The newest results that fit, in a time that does not grow with the table: the rarest condition chooses candidates,
   * and the others are asked of these only.
   */
  async search(db: Db, filter: SearchFilter, page: Page): Promise<Found> {
    const sources = await sourcesOf(db, filter)
    if (sources === 'nothing') return { ids: [], total: 0, is_exact: true, next: null }
    const range = idRange(filter)
    const within = (where: WhereOptions): WhereOptions => ({ [Op.and]: [where, ...range] })
    const others = [...timesOf(filter), ...this.#rowRule]
    const [only] = sources.length > 0 ? sources : [everything]
    const isLast = filter.is_last === true
    return only && sources.length < 2 && others.length === 0 && !isLast
      ? this.#one(db, only, within, page)
      : this.#several(db, { sources, others, within, isLast }, page)
  }

  /** The rows of these ids, in their order. */
  async inOrder(db: Db, ids: string[]): Promise<ResultRow[]> {
    const rows = new Map((await this.getMany(db, ids)).map((row) => [row.id, row]))
    return ids.flatMap((id) => rows.get(id) ?? [])
  }

  /** Nothing else is asked, so that no more is read than is shown, and only indexes are counted. */
  async #one(db: Db, source: Source, within: Within, { size, offset }: Page): Promise<Found> {
    const counted = await countUpTo(db, source.model ?? this.model, within(source.where), MOST_COUNTED + 1)
    const wanted = offset + size + 1
    const isWhole = counted <= MOST_COUNTED
    const { leader, parts } = await ordered(db, [source])
    // Too many equalities to be merged, but few rows: those are sorted.
    if (leader !== source && !isWhole)
      return this.#several(db, { sources: [source], others: [], within, isLast: false }, { size, offset })
    const sql =
      leader === source
        ? newestIds(source.model ?? this.model, parts.map(within), wanted)
        : idsWhere(source.model ?? this.model, within(source.where), MOST_COUNTED)
    const found = await this.#fitting(db, sql, [], wanted)
    const ids = found.slice(offset, offset + size)
    const next = found.length >= wanted ? (ids.at(-1) ?? null) : null
    return { ids, total: isWhole ? counted : MOST_COUNTED, is_exact: isWhole, next }
  }

  async #several(db: Db, question: Question, { size, offset }: Page): Promise<Found> {
    const { sources, others, within } = question
    const { sql, isWhole, leader } = await this.#candidates(db, sources, within)
    const rest = sources.filter((one) => one !== leader).map((one) => one.rest)
    const fitting = await this.#fitting(db, sql, [...rest, ...others])
    const repeated = question.isLast ? await resultCrud.repeated(db, fitting) : NONE
    const found = fitting.filter((id) => !repeated.has(id))
    const ids = found.slice(offset, offset + size)
    const isMore = found.length > offset + size
    const end = isWhole ? null : await lowestId(db, this.model, sql)
    const next = isMore ? (ids.at(-1) ?? null) : end
    return { ids, total: found.length, is_exact: isWhole, next }
  }

  /** All rows of the rarest condition, or the newest of one that can be read in order. */
  async #candidates(db: Db, sources: Source[], within: Within) {
    const all = sources.length > 0 ? sources : [everything]
    const counts: number[] = []
    // One after the other: a transaction has one connection.
    for (const one of all)
      counts.push(await countUpTo(db, one.model ?? this.model, within(one.where), MOST_ASKED + 1))
    const least = Math.min(...counts)
    const rarest = all[counts.indexOf(least)]
    if (rarest && least <= MOST_ASKED) {
      const sql = idsWhere(rarest.model ?? this.model, within(rarest.where), MOST_ASKED)
      return { sql, isWhole: true, leader: rarest }
    }
    const { leader, parts } = await ordered(db, all)
    return {
      sql: newestIds(leader.model ?? this.model, parts.map(within), MOST_ASKED),
      isWhole: false,
      leader,
    }
  }

  async #fitting(db: Db, sql: string, rest: WhereOptions[], limit?: number): Promise<string[]> {
    const where = { [Op.and]: [{ id: among(sql) }, ...rest] }
    const rows = await this.find(db, {
      where,
      order: [['id', 'DESC']],
      columns: ['id'],
      ...(limit && { limit }),
    })
    return rows.map((row) => row.id)
  }

  /** What the acting user may see is a condition like any other. */
  get #rowRule(): WhereOptions[] {
    return env.DATA_PERMISSION_MODELS.includes(this.model.name) ? [{}] : []
  }
}

const NONE: ReadonlySet<string> = new Set()

type Within = (where: WhereOptions) => WhereOptions

interface Question {
  sources: Source[]
  /** What no index answers. */
  others: WhereOptions[]
  /** Leave out what has been run again. */
  isLast: boolean
  /** Adds the range of ids. */
  within: Within
}

const everything: Source = { where: {}, rest: {}, parts: () => Promise.resolve([{}]) }

/** The first that can be read from its newest on; they come with the most telling first. */
async function ordered(db: Db, sources: Source[]): Promise<{ leader: Source; parts: WhereOptions[] }> {
  for (const leader of sources) {
    const parts = await leader.parts(db)
    if (parts) return { leader, parts }
  }
  return { leader: everything, parts: [{}] }
}

export const searchCrud = new SearchCrud(TaskResult)
