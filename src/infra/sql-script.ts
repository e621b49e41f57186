import type { Dialect } from './dialect'

/** One statement of a script. */
export interface Statement {
  /** As written, without the comments before it and the semicolon after it. */
  sql: string
  /** The same with the inside of quotes and all comments taken out, in lower case: for looking at its words. */
  bare: string
  /** Where it begins in the script, from 1. */
  line: number
}

/** How the text of a piece that needs no looking into ends; null where no such piece begins. */
type Piece = { end: number; kind: 'comment' | 'quoted' } | null

/**
 * Takes a script apart where the server would, so that nothing can hide behind a quote or a comment.
 * @throws a sentence with the line, for quotes and comments that do not end and for comments that MySQL executes
 */
export function statementsOf(script: string, dialect: Dialect): Statement[] {
  const text = script.replace(/^\uFEFF/, '')
  const found: Statement[] = []
  let start: number | null = null
  let bare = ''
  const finish = (at: number) => {
    if (start !== null) found.push({ sql: text.slice(start, at).trimEnd(), bare, line: lineOf(text, start) })
    start = null
    bare = ''
  }
  for (let at = 0; at < text.length;) {
    const piece = pieceAt(text, at, dialect)
    const char = text.charAt(at)
    if (!piece && char === ';') finish(at)
    else if (piece?.kind !== 'comment' && !/\s/.test(char)) start ??= at
    if (start !== null) bare += piece ? ' ' : char.toLowerCase()
    at = piece?.end ?? at + 1
  }
  finish(text.length)
  return found
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

function pieceAt(text: string, at: number, dialect: Dialect): Piece {
  const char = text.charAt(at)
  if (char === '\0') throw new Error(`Line ${lineOf(text, at)}: a zero byte does not belong into SQL.`)
  if (char === '-' || char === '#' || char === '/') return commentAt(text, at, dialect)
  if (char === '$' && dialect === 'postgres') return dollarQuoted(text, at)
  const close = closerOf(char, dialect)
  if (close === null) return null
  const escapes = char !== '`' && hasEscapes(text, at, dialect)
  return { end: endOfQuoted(text, at, close, escapes), kind: 'quoted' }
}

function commentAt(text: string, at: number, dialect: Dialect): Piece {
  const isLine =
    (text.startsWith('--', at) && (dialect !== 'mysql' || /^(\s|$)/.test(text.slice(at + 2, at + 3)))) ||
    (text.startsWith('#', at) && dialect === 'mysql')
  if (isLine) {
    const end = text.indexOf('\n', at)
    return { end: end < 0 ? text.length : end, kind: 'comment' }
  }
  return text.startsWith('/*', at) ? { end: endOfBlock(text, at, dialect), kind: 'comment' } : null
}

function endOfBlock(text: string, at: number, dialect: Dialect): number {
  if (dialect === 'mysql' && /^\/\*M?!/.test(text.slice(at, at + 4)))
    throw new Error(`Line ${lineOf(text, at)}: a comment that MySQL executes ("/*!") is not allowed.`)
  const end = dialect === 'postgres' ? endOfNested(text, at) : text.indexOf('*/', at + 2) + 2
  if (end > at + 2) return end
  throw new Error(`Line ${lineOf(text, at)}: this comment does not end.`)
}

/** Only PostgreSQL has comments inside comments. @returns 0 where it does not end */
function endOfNested(text: string, at: number): number {
  let depth = 0
  for (const mark of text.slice(at).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return at + mark.index + 2
  }
  return 0
}

const DOLLAR_TAG = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/

function dollarQuoted(text: string, at: number): Piece {
  if (/[\w$\u0080-\uffff]/.test(text.charAt(at - 1))) return null // a dollar inside a name
  const tag = DOLLAR_TAG.exec(text.slice(at, at + 130))?.[0]
  if (tag === undefined) return null
  const end = text.indexOf(tag, at + tag.length)
  if (end < 0) throw new Error(`Line ${lineOf(text, at)}: this ${tag} quote does not end.`)
  return { end: end + tag.length, kind: 'quoted' }
}

function closerOf(char: string, dialect: Dialect): string | null {
  if (char === "'" || char === '"') return char
  if (char === '`') return dialect === 'postgres' ? null : char
  return char === '[' && dialect === 'sqlite' ? ']' : null
}

/** Whether a backslash takes the meaning from the character behind it. */
function hasEscapes(text: string, at: number, dialect: Dialect): boolean {
  if (dialect === 'mysql') return true
  if (dialect === 'sqlite' || text.charAt(at) !== "'") return false
  return /(^|[^\w$\u0080-\uffff])e$/i.test(text.slice(Math.max(0, at - 2), at))
}

function endOfQuoted(text: string, at: number, close: string, escapes: boolean): number {
  for (let i = at + 1; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (escapes && char === '\\') i += 1
    else if (char === close) {
      if (close === ']' || text.charAt(i + 1) !== close) return i + 1
      i += 1 // doubled: the character itself
    }
  }
  throw new Error(`Line ${lineOf(text, at)}: this ${text.charAt(at)} quote does not end.`)
}

const ALLOWED = new Set(['select', 'insert', 'set', 'do'])

/** What a SET may not touch: it would end the transaction, reach beyond it, or change how quotes are read. */
const FORBIDDEN_SETTING =
  /\b(autocommit|password|global|persist|persist_only|sql_mode|default\s+role|role|session\s+authorization|standard_conforming_strings|backslash_quote)\b/

/**
 * Why a statement may not run in a script, as a sentence; null where it may. Scripts fill tables: only statements that
 * start with select, insert, set or do are for them.
 */
export function refusalOf({ bare, line }: Statement): string | null {
  const word = /^[a-z_]*/.exec(bare)?.[0] ?? ''
  if (!ALLOWED.has(word)) {
    const shown = word === '' ? 'this' : word
    return `Line ${line}: ${shown} is not allowed. Statements start with select, insert, set or do.`
  }
  if (word === 'set' && FORBIDDEN_SETTING.test(bare))
    return `Line ${line}: this setting would outlast the script or change how it is read.`
  return null
}
