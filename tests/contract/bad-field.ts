import { isReference, type Field } from './endpoint'

/** A value that breaks a rule of a field, and how the refusal may name that rule (contract 1.5). */
export interface Breach {
  what: string
  /** `undefined` leaves the field out. */
  value: unknown
  types: string[]
  /** Keys below the field where the rule is broken. */
  below?: (string | number)[]
}

const INTEGER = ['int_type', 'int_parsing', 'int_from_float']

/** Every way to get a field of a JSON body wrong. */
export function bodyBreaches(name: string, field: Field): Breach[] {
  return [
    ...absent(field),
    ...(field.nullable || isReference(name) ? [] : [nullBreach(field)]),
    ...wrongTypes(name, field),
    ...limits(field),
  ]
}

/** Every way to get a field of a query wrong, where everything is text. */
export function queryBreaches(field: Field): Breach[] {
  if (field.enum) return [...absent(field), { what: 'an unknown word', value: 'something', types: ['enum'] }]
  if (field.type !== 'integer') return absent(field)
  return [
    ...absent(field),
    { what: 'a word', value: 'abc', types: INTEGER },
    { what: 'a fraction', value: '1.5', types: INTEGER },
    ...limits(field),
  ]
}

const absent = (field: Field): Breach[] =>
  field.required ? [{ what: 'nothing', value: undefined, types: ['missing'] }] : []

const TYPE_RULES: Record<string, string[]> = {
  string: ['string_type'],
  integer: INTEGER,
  boolean: ['bool_type', 'bool_parsing'],
  array: ['list_type'],
}

const typeRules = (field: Field): string[] =>
  field.format === 'datetime'
    ? ['datetime_parsing']
    : field.enum
      ? ['enum', ...INTEGER]
      : (TYPE_RULES[field.type] ?? [])

const nullBreach = (field: Field): Breach => ({ what: 'null', value: null, types: typeRules(field) })

function wrongTypes(name: string, field: Field): Breach[] {
  const types = typeRules(field)
  const object = { what: 'an object', value: { a: 1 }, types }
  switch (field.type) {
    case 'string':
      return [object, { what: 'a number', value: 5, types }, { what: 'a list', value: ['x'], types }]
    case 'boolean':
      return [object, { what: 'a word', value: 'maybe', types }]
    case 'array':
      return [
        object,
        { what: 'a text', value: 'x', types },
        { what: 'a list of words', value: ['1', 'abc'], types: INTEGER, below: [1] },
      ]
    case 'integer':
      return [
        object,
        { what: 'a word', value: 'abc', types },
        ...(isReference(name) ? [] : [{ what: 'a fraction', value: 1.5, types }]),
      ]
    case 'file':
    case 'any':
      return []
  }
}

function limits(field: Field): Breach[] {
  const found: Breach[] = []
  if (field.enum) found.push({ what: 'an unknown number', value: 99, types: ['enum'] })
  if (field.minimum !== undefined)
    found.push({ what: 'too little', value: field.minimum - 1, types: ['greater_than_equal'] })
  if (field.exclusiveMinimum !== undefined)
    found.push({
      what: 'too little',
      value: field.exclusiveMinimum,
      types: ['greater_than', 'greater_than_equal'],
    })
  if (field.maximum !== undefined)
    found.push({ what: 'too much', value: field.maximum + 1, types: ['less_than_equal'] })
  if (field.pattern) found.push({ what: 'a wrong form', value: '123', types: ['string_pattern_mismatch'] })
  if (field.format)
    found.push({
      what: 'a wrong form',
      value: 'no such',
      types: ['value_error', 'email', 'url_parsing', 'datetime_parsing'],
    })
  if (field.dbMaxLength) found.push(tooLong(field.dbMaxLength, field.format))
  return found
}

/** Longer than the column (D19). */
const tooLong = (max: number, format: Field['format']): Breach => ({
  what: `more than ${max} characters`,
  value: format === 'email' ? `${'x'.repeat(max)}@example.com` : 'x'.repeat(max + 1),
  types: ['string_too_long', 'value_error', 'email', 'url_parsing'],
})
