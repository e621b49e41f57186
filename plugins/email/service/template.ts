import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Everything of a mail that people read. */
export interface Rendered {
  subject: string
  text: string
  html: string
}

type Values = Record<string, string | number>

const FOLDER = join(__dirname, '..', 'templates')
const FALLBACK = 'en-US'
const LANGUAGES = ['zh-CN', 'en-US']

const files = new Map<string, string>()

/** Once read a template stays: it changes with the plugin, and then this file is loaded anew. */
function read(file: string): string {
  const known = files.get(file) ?? readFileSync(join(FOLDER, file), 'utf8')
  files.set(file, known)
  return known
}

/**
 * Fills a template of the folder `templates`. The first line of its text is the subject; in its HTML every value is
 * escaped.
 * @param language falls back to English
 * @param values by their names in the template, without braces
 * @param ready values that are HTML already, for the HTML alone
 */
export function render(
  name: string,
  language: string,
  values: Values,
  ready: Record<string, string> = {},
): Rendered {
  const tongue = LANGUAGES.includes(language) ? language : FALLBACK
  const [head = '', ...rest] = read(`${name}.${tongue}.txt`).split('\n')
  const subject = oneLine(fill(head, values))
  const text = fill(rest.join('\n').trimStart(), values)
  const page = read(`${name}.${tongue}.html`)
  const html = fill(page, { ...escaped({ ...values, subject }), ...asWritten(ready) })
  return { subject, text, html }
}

const escaped = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, escapeHtml(String(value))]))

/** The templates keep the lines of plain words; HTML has its own. */
const asWritten = (ready: Record<string, string>): Values =>
  Object.fromEntries(
    Object.entries(ready).map(([name, html]) => [name, `<div style="white-space: normal">${html}</div>`]),
  )

function fill(template: string, values: Values): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`a mail template needs a value for ${name}`)
    return String(value)
  })
}

/** A title of several lines would end the header, and begin the next one. */
const oneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
