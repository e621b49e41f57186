import {
  Op,
  askedOf,
  distinctValues,
  firstIdAt,
  hasRowIn,
  startsWith,
  type Db,
  type ModelStatic,
  type WhereOptions,
} from '#core'
import { TaskResult } from '../model/result'
import { TaskTerm } from '../model/term'
import { BEHIND, beginning } from './term'

/** What results are looked for by; all that is given has to fit. */
export interface SearchFilter {
  id?: string | undefined
  task_id?: string | undefined
  /** Parts of the text, letter case ignored. */
  name?: string | undefined
  worker?: string | undefined
  queue?: string | undefined
  status?: readonly string[] | undefined
  schedule_id?: string | undefined
  parent_id?: string | undefined
  retry_of?: string | undefined
  /** Leave out what has been run again already. */
  is_last?: boolean | undefined
  /** Beginnings of words of payload or error, as `wantedWords` makes them. */
  words?: readonly string[] | undefined
  created_from?: Date | undefined
  created_to?: Date | undefined
  done_from?: Date | undefined
  done_to?: Date | undefined
  /** Ids below this one. */
  before?: string | undefined
}

/** A condition that an index answers. */
export interface Source {
  /** Default: the results themselves. */
  model?: ModelStatic<TaskTerm>
  where: WhereOptions
  /** The same as something to ask of a result that another source has found. */
  rest: WhereOptions
  /** The same as equalities, for reading the newest first; null where they would be too many. */
  parts(db: Db): Promise<WhereOptions[] | null>
}

const IDS = new Set(['id', 'retry_of', 'parent_id', 'schedule_id'])
/** Equalities that are merged; each costs as much as a search of its own. */
const MOST_PARTS = 8
/** Different values of a column that are looked at: names of tasks, workers that there ever were. */
const MOST_VALUES = 2000
/** How far the clocks of ids and rows may be apart. */
const SLACK_MS = 60_000

/** The sources for a filter, the most telling first. */
export async function sourcesOf(db: Db, filter: SearchFilter): Promise<Source[] | 'nothing'> {
  const { words = [], status } = filter
  const exact = (['id', 'task_id', 'retry_of', 'parent_id', 'schedule_id'] as const).flatMap((column) => {
    const value = filter[column]
    return value === undefined ? [] : [equal(column, [value])]
  })
  const parts = [await containing(db, 'worker', filter.worker), await containing(db, 'name', filter.name)]
  if (parts.includes('nothing')) return 'nothing'
  return [
    ...exact,
    ...words.map(ofWord),
    ...parts.flatMap((one) => (one === null || one === 'nothing' ? [] : [one])),
    ...doneTimes(filter),
    ...(status ? [equal('status', status)] : []),
    ...(filter.queue === undefined ? [] : [equal('queue', [filter.queue])]),
  ]
}

function equal(column: string, values: readonly string[]): Source {
  const where = { [column]: [...values] }
  const parts = values.length > MOST_PARTS ? null : values.map((value) => ({ [column]: value }))
  const rest = askedOf(column, IDS.has(column) ? 'id' : 'text', values)
  return { where, rest, parts: () => Promise.resolve(parts) }
}

/** Few values are different, so that those which contain the text are found among them, and their rows by index. */
async function containing(
  db: Db,
  column: string,
  text: string | undefined,
): Promise<Source | 'nothing' | null> {
  if (text === undefined) return null
  const wanted = text.toLowerCase()
  const values = await distinctValues(db, TaskResult, column, { max: MOST_VALUES })
  const fitting = values.filter((value) => value.toLowerCase().includes(wanted))
  return fitting.length === 0 ? 'nothing' : equal(column, fitting)
}

const ofWord = (word: string): Source => ({
  model: TaskTerm,
  where: beginning(word),
  // Of a result the words are few: they are looked through, instead of all results with that word.
  rest: hasRowIn(TaskResult, TaskTerm, startsWith('term', word)),
  async parts(db) {
    const range = { from: word, below: word + BEHIND, max: MOST_PARTS + 1 }
    const terms = await distinctValues(db, TaskTerm, 'term', range)
    return terms.length > MOST_PARTS ? null : terms.map((term) => ({ term }))
  },
})

/** Found by its index where it is a short time; the end of a task says too little about its id to read in order. */
function doneTimes({ done_from, done_to }: SearchFilter): Source[] {
  const where = between(done_from, done_to)
  return where
    ? [{ where: { date_done: where }, rest: { date_done: where }, parts: () => Promise.resolve(null) }]
    : []
}

/** Ids grow with time, so a time of creation bounds them, and whatever is done was created before. */
export function idRange({ created_from, created_to, done_to, before }: SearchFilter): WhereOptions[] {
  const latest = Math.min(created_to?.getTime() ?? Infinity, done_to?.getTime() ?? Infinity)
  const below = [before, Number.isFinite(latest) ? firstIdAt(latest + SLACK_MS) : undefined]
  const from = created_from && firstIdAt(created_from.getTime() - SLACK_MS)
  return [
    ...below.flatMap((id) => (id === undefined ? [] : [{ id: { [Op.lt]: id } }])),
    ...(from === undefined ? [] : [{ id: { [Op.gte]: from } }]),
  ]
}

/** The range of ids is generous; this is exact. */
export function timesOf({ created_from, created_to }: SearchFilter): WhereOptions[] {
  const where = between(created_from, created_to)
  return where ? [{ created_time: where }] : []
}

/** From the first moment on, up to but without the second. */
function between(from: Date | undefined, to: Date | undefined) {
  if (!from && !to) return null
  return { ...(from && { [Op.gte]: from }), ...(to && { [Op.lt]: to }) }
}
