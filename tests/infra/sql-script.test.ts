import type { Dialect } from '../../src/infra/dialect'
import { refusalOf, statementsOf } from '../../src/infra/sql-script'

const parts = (script: string, dialect: Dialect = 'sqlite') =>
  statementsOf(script, dialect).map((one) => one.sql)
const refused = (script: string, dialect: Dialect) =>
  statementsOf(script, dialect).flatMap((one) => refusalOf(one) ?? [])

const ALL: Dialect[] = ['sqlite', 'mysql', 'postgres']

describe.each(ALL)('a script for %s', (dialect) => {
  it('is split at semicolons, without empty statements', () => {
    expect(parts(' select 1 ;; \n select 2;\n', dialect)).toEqual(['select 1', 'select 2'])
  })

  it('keeps semicolons inside quotes and comments', () => {
    const script = `select 'a;b''c;' /* ; ' */, "d;""e" -- ; "\n, 2; select 3`

    expect(parts(script, dialect)).toEqual([script.split('; select 3')[0], 'select 3'])
  })

  it('may begin with a byte-order mark and comments', () => {
    expect(parts('\uFEFF-- first\n/* second */ select 1', dialect)).toEqual(['select 1'])
  })

  it('tells the line a statement begins in', () => {
    expect(statementsOf('select 1;\n\n-- here\nselect\n 2', dialect).map((one) => one.line)).toEqual([1, 4])
  })

  it.each(["select 'a", 'select "a', 'select 1 /* a', 'select \0'])(
    'is refused when it is broken: %j',
    (script) => {
      expect(() => statementsOf(script, dialect)).toThrow(/^Line 1: /)
    },
  )

  it.each(['SELECT 1', 'insert into a values (1)', 'Set a = 1', '/* x */ select 1'])(
    'may say %s',
    (script) => {
      expect(refused(script, dialect)).toEqual([])
    },
  )

  it.each([
    'drop table a',
    'delete from a',
    'update a set b = 1',
    'with a as (select 1) delete from b',
    '(select 1)',
    'selected 1',
    'commit',
    '"select" 1',
    "select 1; /* select */ drop table a; select ';'",
  ])('may not say %s', (script) => {
    expect(refused(script, dialect)).toHaveLength(1)
  })

  it.each([
    'set autocommit = 1',
    'set sql_mode = 1',
    'SET Standard_Conforming_Strings = off',
    'set session /**/ authorization x',
  ])('may not leave the transaction or change its own reading: %s', (script) => {
    expect(refused(script, dialect)).toEqual([expect.stringContaining('setting')])
  })

  it('may use the words of such settings as text', () => {
    expect(refused("set a = 'password global'", dialect)).toEqual([])
  })
})

describe('where databases differ', () => {
  it('a backslash takes the meaning from a quote in MySQL only', () => {
    expect(parts("select 'a\\'; drop table b; -- '", 'mysql')).toHaveLength(1)
    expect(parts("select 'a\\'; drop table b; -- '", 'postgres')).toHaveLength(2)
    expect(parts("select 'a\\'; drop table b; -- '", 'sqlite')).toHaveLength(2)
  })

  it('PostgreSQL has strings with escapes, but only after a lone E', () => {
    expect(parts("select E'a\\'; b'", 'postgres')).toHaveLength(1)
    expect(parts("select e'a\\'; b'", 'postgres')).toHaveLength(1)
    expect(parts("select name'a\\'; b", 'postgres')).toHaveLength(2)
  })

  it('PostgreSQL quotes with dollars, and not inside names', () => {
    expect(parts('do $$ begin; end; $$; select 1', 'postgres')).toEqual(['do $$ begin; end; $$', 'select 1'])
    expect(parts('do $a$ x; $$ ; $a$', 'postgres')).toHaveLength(1)
    expect(parts('select a$b$ ; select c$b$', 'postgres')).toHaveLength(2)
    expect(parts('select $1; select 2', 'postgres')).toHaveLength(2)
    expect(parts('select $$; select $$', 'mysql')).toHaveLength(2)
  })

  it('PostgreSQL has comments inside comments', () => {
    expect(parts('/* /* */ drop table a; */ select 1', 'postgres')).toEqual(['select 1'])
    expect(parts('/* /*/ drop table a; /* */ select 1', 'mysql')).toEqual(['drop table a', 'select 1'])
  })

  it('MySQL has comments it executes, which are refused', () => {
    expect(() => parts('/*!50000 drop table a */', 'mysql')).toThrow('executes')
    expect(() => parts('select 1 /*M! into outfile */', 'mysql')).toThrow('executes')
  })

  it('MySQL wants a blank after two dashes, and has a hash', () => {
    expect(parts('select 1--2; select 3', 'mysql')).toHaveLength(2)
    expect(parts('select 1 # ; x\n; select 2', 'mysql')).toHaveLength(2)
    expect(parts('select 1 #> 2; select 3', 'postgres')).toHaveLength(2)
  })

  it('names are quoted by backticks and brackets', () => {
    expect(parts('select `a;b`', 'mysql')).toHaveLength(1)
    expect(parts('select `a;b`, [c;d]', 'sqlite')).toHaveLength(1)
    expect(parts('select a[1]; select b', 'postgres')).toHaveLength(2)
  })
})
