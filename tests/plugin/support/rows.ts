import type { Blueprint } from '../../../src/cli/action/plugin/new/blueprint'
import type { Field, Kind } from '../../../src/cli/action/plugin/new/field'
import fc from '../../support/property'

export type Values = Record<string, unknown>

const text = (most: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(most, 40) })
    .filter((one) => one.length <= most)

/** Without the years in which Shanghai changed its clocks. */
const second = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2037-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 19).replace('T', ' '))

const ANY: Record<Kind, (field: Field) => fc.Arbitrary<unknown>> = {
  string: ({ length }) => text(length),
  text: () => text(100_000),
  integer: () => fc.integer(),
  number: () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  boolean: () => fc.boolean(),
  time: () => second,
  enum: ({ values }) => fc.constantFrom(...values),
  json: () => fc.dictionary(fc.string(), fc.jsonValue()),
  id: () => fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String),
}

let made = 0
/** What has to be unique is other every time, also where letter case and accents do not count. */
const another = ({ kind, length }: Field): fc.Arbitrary<unknown> =>
  fc.constant(null).map(() => {
    made += 1
    if (kind === 'string') return made.toString(36).padStart(2, '0').slice(-length)
    return kind === 'id' ? String(made) : made
  })

const valueOf = (field: Field): fc.Arbitrary<unknown> => {
  const value = field.mark === 'unique' ? another(field) : ANY[field.kind](field)
  return field.nullable ? fc.option(value) : value
}

/** A row that is taken. As it comes back: JSON knows no -0. */
export const rowOf = ({ fields }: Blueprint): fc.Arbitrary<Values> =>
  fc
    .record(Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])))
    .map((row) => JSON.parse(JSON.stringify(row)) as Values)

const WRONG: Record<Kind, (field: Field) => unknown[]> = {
  string: ({ length }) => ['x'.repeat(length + 1), 7, ['x'], 'a\0'],
  text: () => ['x'.repeat(100_001), 7, {}, 'a\0'],
  integer: () => ['many', 1.5, 2 ** 31, -(2 ** 31) - 1, [], true],
  number: () => ['much', '', '0x10', 'Infinity', [], true],
  boolean: () => ['perhaps', 2, '', {}],
  time: () => ['yesterday', '2026-02-30', '2026-01-01 24:00:01', 1_764_000_000, []],
  enum: () => ['none of them', 'NONE', 0, ['x']],
  json: () => ['{}', 7, [1], true],
  id: () => ['no id', -1, 1.5, 2 ** 60, '9223372036854775808', []],
}

/** A field with a value that it does not take; undefined leaves it out. */
export const faultOf = ({ fields }: Blueprint): fc.Arbitrary<[string, unknown]> =>
  fc.constantFrom(...fields).chain((field) => {
    const wrong = [...WRONG[field.kind](field), ...(field.nullable ? [] : [null, undefined])]
    return fc.constantFrom(...wrong).map((value): [string, unknown] => [field.name, value])
  })
