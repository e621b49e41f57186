import { VALUE_CHARACTERS, type Field, type Kind } from './field'
import { quoted, union } from './print'

/** How one kind of column is written in each file of a plugin. */
interface Writing {
  /** In a model: type of the column, and of the value. */
  column: string
  value: string
  /** In a migration. */
  type: string
  /** Coming in, and where it may be empty. */
  given: string
  optional: string
  /** Going out. */
  shown: string
  /** In the query of a list; null where rows are not looked for by it. */
  filter: string | null
  /** A value that is taken and one that is not, in a test. `made` counts there. */
  sample: string
  wrong: string
}

const optional = (atom: string) => `${atom}.nullable().default(null)`
const OBJECT = 'z.record(z.string(), z.unknown())'

const WRITINGS: Record<Kind, (field: Field) => Writing> = {
  string: ({ name, length }) => ({
    ...{ column: `DataType.STRING(${length})`, value: 'string', type: `types.string(${length})` },
    ...{ given: `text(${length}, 1)`, optional: `optionalText(${length}).default(null)` },
    ...{ shown: 'z.string()', filter: `filter(${length})` },
    ...{ sample: `\`${name} \${made}\`.slice(-${length})`, wrong: `'x'.repeat(${length + 1})` },
  }),
  text: ({ name }) => ({
    ...{ column: 'LONG_TEXT', value: 'string', type: 'types.text' },
    ...{ given: 'text(100_000, 1)', optional: 'optionalText(100_000).default(null)' },
    ...{ shown: 'z.string()', filter: null },
    ...{ sample: `\`${name} \${made}\``, wrong: "'x'.repeat(100_001)" },
  }),
  integer: () => ({
    ...{ column: 'DataType.INTEGER', value: 'number', type: 'types.integer' },
    ...{ given: 'int()', optional: optional('int()'), shown: 'z.int()', filter: 'int().optional()' },
    ...{ sample: 'made', wrong: "'many'" },
  }),
  number: () => ({
    ...{ column: 'DataType.DOUBLE', value: 'number', type: 'types.double' },
    ...{ given: 'number()', optional: optional('number()'), shown: 'z.number()', filter: null },
    ...{ sample: 'made / 2', wrong: "'much'" },
  }),
  boolean: () => ({
    ...{ column: 'DataType.BOOLEAN', value: 'boolean', type: 'types.boolean' },
    ...{ given: 'bool()', optional: optional('bool()'), shown: 'z.boolean()', filter: 'bool().optional()' },
    ...{ sample: 'made % 2 === 0', wrong: "'perhaps'" },
  }),
  time: () => ({
    ...{ column: 'TIMESTAMP', value: 'Date', type: 'types.time' },
    ...{ given: 'moment()', optional: 'optionalMoment().default(null)', shown: 'timestamp()', filter: null },
    ...{ sample: "'2026-11-21 09:30:00'", wrong: "'yesterday'" },
  }),
  enum: (field) => ({
    column: `DataType.STRING(${VALUE_CHARACTERS})`,
    ...{ value: quoted(field.values).join(' | '), type: `types.string(${VALUE_CHARACTERS})` },
    ...{ given: enumOf(field), optional: optional(enumOf(field)), shown: enumOf(field) },
    ...{ filter: `${enumOf(field)}.optional()`, sample: oneOf(field.values), wrong: "'none of them'" },
  }),
  json: () => ({
    ...{ column: 'DataType.JSON', value: 'Record<string, unknown>', type: 'types.json' },
    ...{ given: OBJECT, optional: optional(OBJECT), shown: OBJECT, filter: null },
    ...{ sample: '{ made }', wrong: "'no object'" },
  }),
  id: () => ({
    ...{ column: 'SNOWFLAKE', value: 'string', type: 'types.id' },
    ...{ given: 'id()', optional: 'optionalId().default(null)', shown: 'id()', filter: 'idFilter()' },
    ...{ sample: 'String(made)', wrong: "'no id'" },
  }),
}

export const writingOf = (field: Field): Writing => WRITINGS[field.kind](field)

/** Name of the constant that holds the values of an enum, where a schema needs them more than once. */
export const valuesName = ({ name }: Field): string => `${name.toUpperCase()}_VALUES`

const enumOf = (field: Field): string => `z.enum(${valuesName(field)})`

const oneOf = ([first = '', second = first]: string[]): string =>
  first === second ? `'${first}'` : `made % 2 === 0 ? '${first}' : '${second}'`

/** The property of a model. */
export function propertyOf(field: Field): string {
  const { value } = writingOf(field)
  const values = field.kind === 'enum' ? quoted(field.values) : [value]
  return union(`  declare ${field.name}:`, field.nullable ? [...values, 'null'] : values)
}

/** Those that a list can be asked for, with the values that are looked for as they are or as a part. */
export const filtersOf = (fields: Field[]): Field[] =>
  fields.filter((field) => writingOf(field).filter !== null)
