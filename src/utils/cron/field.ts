import { TimeRuleFault } from './fault'

/** One of the five places of a crontab. */
export interface Field {
  /** As the locale files call it, below `cron.field`. */
  name: 'minute' | 'hour' | 'day_of_month' | 'month' | 'day_of_week'
  min: number
  max: number
  /** Words for its numbers, from `min` on; their first three letters count. */
  words: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

export const MINUTE: Field = { name: 'minute', min: 0, max: 59, words: [] }
export const HOUR: Field = { name: 'hour', min: 0, max: 23, words: [] }
export const DAY_OF_MONTH: Field = { name: 'day_of_month', min: 1, max: 31, words: [] }
export const MONTH: Field = { name: 'month', min: 1, max: 12, words: MONTHS }
/** Sunday is 0; there is no 7. */
export const DAY_OF_WEEK: Field = { name: 'day_of_week', min: 0, max: 6, words: DAYS }

/** Not anchored at the end: what follows a step or a range is ignored, as it always was (contract 6.1). */
const STAR_WITH_STEP = /^\*\/(\w*)/
const RANGE = /^(\w+)-(\w+)(?:\/(\w*))?/

/**
 * The numbers that one field of a crontab names, each once, in rising order.
 * @throws TimeRuleFault
 */
export function expandField(field: Field, text: string): readonly number[] {
  const named = new Set(text.split(',').flatMap((item) => expandItem(field, item)))
  return [...named].sort((a, b) => a - b)
}

function expandItem(field: Field, item: string): number[] {
  if (item === '') throw new TimeRuleFault('cron.empty_item', { field: field.name })
  if (item === '*') return fromTo(field, field.min, field.max)
  const starred = STAR_WITH_STEP.exec(item)
  if (starred) return everyNth(fromTo(field, field.min, field.max), readStep(field, item, starred[1]))
  const range = RANGE.exec(item)
  if (!range) return [readNumber(field, item, item)]
  const [, first = '', last = '', step] = range
  const numbers = fromTo(field, readNumber(field, first, item), readNumber(field, last, item))
  return step === undefined ? numbers : everyNth(numbers, readStep(field, item, step))
}

/** A range that ends before it begins goes on at the start of the field: `22-2` is the night. */
function fromTo(field: Field, first: number, last: number): number[] {
  const size = field.max - field.min + 1
  const length = ((last - first + size) % size) + 1
  return Array.from({ length }, (_, at) => field.min + ((first - field.min + at) % size))
}

/** A step beyond the end leaves the first. */
const everyNth = (numbers: number[], step: number) => numbers.filter((_, at) => at % step === 0)

function readStep(field: Field, item: string, digits = ''): number {
  const step = /^\d+$/.test(digits) ? Number(digits) : 0
  if (step === 0) throw new TimeRuleFault('cron.step', { field: field.name, part: item })
  return step
}

function readNumber(field: Field, text: string, item: string): number {
  const params = { field: field.name, part: item, allowed: allowedIn(field) }
  if (/^\d+$/.test(text)) {
    const number = Number(text)
    if (number < field.min || number > field.max) throw new TimeRuleFault('cron.out_of_range', params)
    return number
  }
  const word = /^[a-z]+$/i.test(text) ? field.words.indexOf(text.slice(0, 3).toLowerCase()) : -1
  if (word >= 0) return field.min + word
  if (/^\w+\//.test(text)) throw new TimeRuleFault('cron.step_alone', params)
  throw new TimeRuleFault('cron.not_understood', params)
}

/** Such as `0-6, sun-sat`: the same in every language. */
function allowedIn({ min, max, words }: Field): string {
  const numbers = `${min}-${max}`
  return words.length > 0 ? `${numbers}, ${words[0]}-${words.at(-1)}` : numbers
}
