import fc, { runs } from '../support/property'
import { DataTypes, type Model, type ModelStatic } from 'sequelize'
import type { CurrentUser, RowRule } from '../../src/common/types'
import { closeDatabase, dialect, openDatabase } from '../../src/infra/database'
import type { RowModel } from '../../src/infra/db'
import { idColumn, TIMESTAMP } from '../../src/infra/dialect'
import { type RowSettings, rowFilter, ruleColumns, ruleProblem } from '../../src/security/data-scope'

const book: RowModel = {
  name: 'Book',
  columns: {
    id: 'id',
    title: 'string',
    owner_id: 'id',
    dept_id: 'id',
    stock: 'integer',
    weight: 'number',
    lent: 'boolean',
    due_time: 'time',
    password: 'string',
    mfa_secret: 'string',
  },
}
const settings: RowSettings = { excluded_columns: ['id'], unmatched: 'none', timezone: 'Asia/Shanghai' }

const A = '2048601263515930624'
const B = '2048601263515930625'
type Scoped = Pick<CurrentUser, 'id' | 'dept_id' | 'is_superuser' | 'roles' | 'row_rules'>

const reader = (change: Partial<Scoped> = {}): Scoped => ({
  id: A,
  dept_id: B,
  is_superuser: false,
  roles: [{ id: '1', name: 'reader', is_filter_scopes: true }],
  row_rules: [],
  ...change,
})
const rule = (column: string, expression: number, value: string, change: Partial<RowRule> = {}): RowRule => ({
  model: 'Book',
  column,
  operator: 0,
  expression,
  value,
  ...change,
})

interface Row {
  title: string | null
  owner_id: string | null
  dept_id: string | null
  stock: number | null
  weight: number | null
  lent: boolean | null
  due_time: Date | null
}
const rows: Row[] = [
  {
    title: 'A',
    owner_id: A,
    dept_id: A,
    stock: 1,
    weight: 1.5,
    lent: true,
    due_time: new Date('2026-01-01T00:00:00Z'),
  },
  {
    title: 'B',
    owner_id: B,
    dept_id: B,
    stock: 0,
    weight: -2,
    lent: false,
    due_time: new Date('2099-01-01T00:00:00Z'),
  },
  {
    title: 'a, b',
    owner_id: A,
    dept_id: B,
    stock: -5,
    weight: 0,
    lent: true,
    due_time: new Date('2025-12-31T16:00:00Z'),
  },
  { title: '', owner_id: B, dept_id: null, stock: 7, weight: 10, lent: false, due_time: null },
  {
    title: null,
    owner_id: null,
    dept_id: A,
    stock: null,
    weight: null,
    lent: null,
    due_time: new Date('2020-02-29T12:00:00Z'),
  },
]

let Book: ModelStatic<Model>

beforeAll(async () => {
  const db = await openDatabase()
  const id = idColumn(dialect())
  Book = db.define(
    'DataScopeBook',
    {
      at: { type: DataTypes.INTEGER, primaryKey: true },
      title: DataTypes.STRING,
      owner_id: id,
      dept_id: id,
      stock: DataTypes.INTEGER,
      weight: DataTypes.DOUBLE,
      lent: DataTypes.BOOLEAN,
      due_time: TIMESTAMP,
    },
    { timestamps: false, tableName: 'data_scope_book' },
  )
  await Book.sync({ force: true })
  await Book.bulkCreate(rows.map((row, at) => ({ ...row, at })))
})
afterAll(async () => {
  await Book.drop()
  await closeDatabase()
})

/** Positions in `rows` of what the user sees. */
async function visible(user: Scoped, with_: Partial<RowSettings> = {}): Promise<number[]> {
  const where = rowFilter(user, book, { ...settings, ...with_ })
  if (where === 'nothing') return []
  const found = await Book.findAll({ where: where === 'everything' ? {} : where, order: ['at'] })
  return found.map((one) => Number(one.get('at')))
}
const seen = (...rules: RowRule[]) => visible(reader({ row_rules: rules }))

/**
 * The rules again, written down a second time as plainly as possible: true, false or, where SQL does not know, null.
 * It reads values by hand from the few texts that the property below draws.
 */
const meanings: Record<string, Partial<Record<keyof Row, unknown>>> = {
  A: { title: 'A' },
  '': { title: '' },
  [A]: { title: A, owner_id: A, dept_id: A, weight: Number(A) },
  '${user_id}': { title: A, owner_id: A, dept_id: A, weight: Number(A) },
  '${dept_id}': { title: B, owner_id: B, dept_id: B, weight: Number(B) },
  '${unknown}': {},
  '0': { title: '0', owner_id: '0', dept_id: '0', stock: 0, weight: 0, lent: false },
  '1': { title: '1', owner_id: '1', dept_id: '1', stock: 1, weight: 1, lent: true },
  true: { title: 'true', lent: true },
  '-2': { title: '-2', stock: -2, weight: -2 },
  '1.5': { title: '1.5', weight: 1.5 },
  '3000000000': { title: '3000000000', owner_id: '3000000000', dept_id: '3000000000', weight: 3e9 },
  '2026-01-01 00:00:00': { title: '2026-01-01 00:00:00', due_time: new Date('2025-12-31T16:00:00Z') },
  '2026-02-30': { title: '2026-02-30' },
  "'; DROP TABLE Books; --": { title: "'; DROP TABLE Books; --" },
}

type Key = string | number | boolean
const key = (value: unknown): Key => (value instanceof Date ? value.getTime() : (value as Key))

function holds(one: RowRule, row: Row): boolean {
  const column = one.column as keyof Row
  const texts = one.expression >= 6 ? one.value.split(',').map((part) => part.trim()) : [one.value]
  const parts = one.expression >= 6 ? texts.filter((part) => part !== '') : texts
  const values = parts.map((part) => meanings[part]?.[column])
  const mine = row[column]
  if (values.length === 0 || values.includes(undefined) || mine === null) return false
  const have = key(mine)
  const want = values.map(key)
  const first = want[0] ?? 0
  return (
    [
      () => have === first,
      () => have !== first,
      () => have > first,
      () => have >= first,
      () => have < first,
      () => have <= first,
      () => want.includes(have),
      () => !want.includes(have),
    ][one.expression]?.() ?? false
  )
}

function expected(rules: RowRule[]): number[] {
  const known = rules.filter(
    (one) => ['Book', '__ALL__'].includes(one.model) && Object.hasOwn(rows[0] ?? {}, one.column),
  )
  const ands = known.filter((one) => one.operator === 0)
  const ors = known.filter((one) => one.operator === 1)
  return rows.flatMap((row, at) => {
    const allHold = ands.length > 0 && ands.every((one) => holds(one, row))
    return allHold || ors.some((one) => holds(one, row)) ? [at] : []
  })
}

it('shows the rows that a plain reading of the rules shows', async () => {
  const texts = Object.keys(meanings)
  const list = fc.array(fc.constantFrom(...texts), { maxLength: 3 }).map((parts) => parts.join(' , '))
  const drawn = fc
    .record({
      model: fc.constantFrom('Book', 'Book', '__ALL__', 'Other'),
      column: fc.constantFrom(...Object.keys(rows[0] ?? {}), 'no_such', 'constructor', 'id'),
      operator: fc.constantFrom(0, 1),
      expression: fc.integer({ min: 0, max: 8 }),
      single: fc.constantFrom(...texts),
      list,
    })
    // The order of texts is each database's own, and SQLite keeps ids as texts.
    .filter((one) => !/^title$|_id$/.test(one.column) || one.expression < 2 || one.expression > 5)
    .map(({ single, list: many, ...one }): RowRule => ({
      ...one,
      value: one.expression >= 6 ? many : single,
    }))

  await fc.assert(
    fc.asyncProperty(fc.array(drawn, { minLength: 1, maxLength: 5 }), async (rules) => {
      expect(await seen(...rules)).toEqual(expected(rules))
    }),
    { numRuns: runs(500) },
  )
})

describe('without looking at rules', () => {
  const strict = [rule('title', 0, 'nothing like it')]

  it('a super user sees everything', () => {
    expect(rowFilter(reader({ is_superuser: true, row_rules: strict }), book, settings)).toBe('everything')
  })

  it('so does who has one role that is not restricted', () => {
    const roles = [...reader().roles, { id: '2', name: 'free', is_filter_scopes: false }]

    expect(rowFilter(reader({ roles, row_rules: strict }), book, settings)).toBe('everything')
  })

  it('who has no rule sees nothing', () => {
    expect(rowFilter(reader(), book, { ...settings, unmatched: 'all' })).toBe('nothing')
  })
})

describe('rules that say nothing about the model', () => {
  const elsewhere = [rule('title', 0, 'A', { model: 'Other' }), rule('no_such', 0, 'A'), rule('id', 0, A)]

  it('show nothing', async () => {
    expect(await seen(...elsewhere)).toEqual([])
  })

  it('show everything where the setting says so', async () => {
    expect(await visible(reader({ row_rules: elsewhere }), { unmatched: 'all' })).toEqual([0, 1, 2, 3, 4])
  })

  it('do not count beside one that does', async () => {
    expect(await seen(...elsewhere, rule('title', 0, 'A'))).toEqual([0])
  })
})

describe('words and variables', () => {
  it('stand for the own department, on all models', async () => {
    expect(await seen(rule('__dept_id__', 0, '${dept_id}', { model: '__ALL__' }))).toEqual([1, 2])
  })

  it('are skipped where the model has no such column', async () => {
    expect(await seen(rule('__created_by__', 0, '${user_id}'), rule('title', 0, 'A'))).toEqual([0])
  })

  it('match nothing for a user without a department, whatever the comparison', async () => {
    for (const expression of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const row_rules = [rule('dept_id', expression, '${dept_id}')]

      expect(await visible(reader({ dept_id: null, row_rules }))).toEqual([])
    }
  })

  it('know the current time', async () => {
    expect(await seen(rule('due_time', 2, '${now}'))).toEqual([1])
    expect(await seen(rule('due_time', 5, '${now}'))).toEqual([0, 2, 4])
  })

  it('may be part of a list', async () => {
    expect(await seen(rule('owner_id', 6, '${user_id}, 5'))).toEqual([0, 2])
  })
})

describe('a value that does not fit its column', () => {
  it.each([
    ['owner_id', 'abc'],
    ['owner_id', '1 OR 1=1'],
    ['owner_id', '9223372036854775808'],
    ['stock', '1.5'],
    ['stock', '99999999999'],
    ['weight', 'NaN'],
    ['lent', 'maybe'],
    ['due_time', 'yesterday'],
    ['title', 'nul\0'],
  ])('(%s, %j) shows nothing, and widens nothing', async (column, value) => {
    for (const expression of [0, 1, 2, 3, 4, 5, 6, 7]) {
      expect(await seen(rule(column, expression, value))).toEqual([])
      expect(await seen(rule(column, expression, value, { operator: 1 }), rule('title', 0, 'A'))).toEqual([0])
    }
  })

  it('false is false in a boolean column', async () => {
    expect(await seen(rule('lent', 0, 'false'))).toEqual([1, 3])
    expect(await seen(rule('lent', 1, '0'))).toEqual([0, 2])
  })
})

it('keeps rows with an empty column out of every comparison, as SQL does', async () => {
  expect(await seen(rule('title', 1, 'A'))).toEqual([1, 2, 3])
  expect(await seen(rule('title', 7, 'A'))).toEqual([1, 2, 3])
})

it.each(['password', 'mfa_secret'])('never compares with %s', async (column) => {
  expect(await seen(rule(column, 2, 'a', { operator: 1 }))).toEqual([])
  expect(ruleColumns(book, settings)).not.toContain(column)
})

describe('what rules may name', () => {
  it('is every column that is not excluded, then the words for columns', () => {
    const own = ['title', 'owner_id', 'dept_id', 'stock', 'weight', 'lent', 'due_time']

    expect(ruleColumns(book, settings)).toEqual([...own, '__dept_id__', '__created_by__'])
    expect(ruleColumns(null, settings)).toEqual(['__dept_id__', '__created_by__'])
  })
})

describe('a rule to be saved', () => {
  it.each([
    rule('title', 0, 'anything'),
    rule('title', 0, '${user_id}'),
    rule('owner_id', 6, '1, 2,${user_id}'),
    rule('due_time', 2, '${now}'),
    rule('due_time', 2, '2026-01-01'),
    rule('__created_by__', 0, '${user_id}'),
  ])('can work: $column $expression $value', (one) => {
    expect(ruleProblem(one, book, settings)).toBeNull()
    expect(ruleProblem({ ...one, model: '__ALL__' }, null, settings)).toBeNull()
  })

  it.each([
    [rule('no_such', 0, 'x'), 'data_rule.column_not_found'],
    [rule('id', 0, '1'), 'data_rule.column_not_found'],
    [rule('password', 0, 'x'), 'data_rule.column_not_found'],
    [rule('toString', 0, 'x'), 'data_rule.column_not_found'],
    [rule('title', 9, 'x'), 'data_rule.expression_unknown'],
    [rule('owner_id', 0, 'abc'), 'data_rule.value_invalid'],
    [rule('owner_id', 0, '${now}'), 'data_rule.value_invalid'],
    [rule('owner_id', 0, '${unknown}'), 'data_rule.value_invalid'],
    [rule('owner_id', 6, ' , '), 'data_rule.value_invalid'],
    [rule('stock', 6, '1,x'), 'data_rule.value_invalid'],
  ])('cannot work: %j', (one, problem) => {
    expect(ruleProblem(one, book, settings)).toBe(problem)
  })
})
