import { existsSync, readFileSync } from 'node:fs'
import { nearest } from '../utils/nearest'
import { settingsFile } from './environment'
import { leftOutBecause } from './left-out'
import { settings } from './settings'

/** Something in the settings file that has no effect, as a sentence that starts with its place. Values are not shown. */
export type EnvFileNote = string

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/
/** Names that stand in the same file and are meant for somebody else: Docker Compose, Node.js, and the way in itself. */
const OTHERS = /^(STEWARD_|COMPOSE_|DOCKER_|MYSQL_|NODE_|npm_|UV_|OTEL_)|^(DEBUG|TZ|LANG|PATH|NO_COLOR)$/

interface Line {
  number: number
  /** Null: not understood. */
  name: string | null
}

/** What is wrong with the settings file of this process without being an error: the reading goes over it in silence. */
export function noteEnvFile(): EnvFileNote[] {
  const file = settingsFile()
  if (file === null || !existsSync(file)) return []
  return notesOn(readFileSync(file, 'utf8'), file)
}

/** Unreadable lines, names nobody reads, and names that stand there twice. Pure. */
export function notesOn(text: string, file: string): EnvFileNote[] {
  const seen = new Map<string, number>()
  return linesOf(text).flatMap(({ number, name }) => {
    const place = `${file}, line ${number}:`
    if (name === null)
      return [`${place} is not understood and has no effect. A line is NAME=value or # a remark.`]
    const before = seen.get(name)
    seen.set(name, number)
    const twice =
      before === undefined ? [] : [`${place} ${name} stood in line ${before} already; this one counts.`]
    const unknown = aboutName(name)
    return unknown === null ? twice : [...twice, `${place} ${name} ${unknown}`]
  })
}

/** The assignments of a file, and what is none. A value in quotes may go on over several lines. */
function linesOf(text: string): Line[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const found: Line[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (/^\s*(#|$)/.test(line)) continue
    const [, name = null, value = ''] = ASSIGNMENT.exec(line) ?? []
    found.push({ number: at + 1, name })
    at = lastLineOf(value, lines, at)
  }
  return found
}

function lastLineOf(value: string, lines: string[], first: number): number {
  const quote = /^["'`]/.exec(value)?.[0]
  if (quote === undefined || value.includes(quote, 1)) return first
  const last = lines.findIndex((line, at) => at > first && line.includes(quote))
  return last === -1 ? first : last
}

function aboutName(name: string): string | null {
  const known = Object.entries(settings).flatMap(([one, { secret }]) =>
    secret ? [one, `${one}_FILE`] : [one],
  )
  if (known.includes(name) || OTHERS.test(name)) return null
  const reason = leftOutBecause(name)
  if (reason !== null) return `has no effect here: ${reason}.`
  const meant = nearest(name, known)
  if (meant !== null) return `is no setting. Did you mean ${meant}?`
  return 'is no setting of Steward; it has no effect unless a plugin reads it.'
}
