import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Everything of a mail that people read. */
export interface Rendered {
  subject: string
  text: string
  html: string
}

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
 */
export function render(name: string, language: string, values: Record<string, string | number>): Rendered {
  const tongue = LANGUAGES.includes(language) ? language : FALLBACK
  const [head = '', ...rest] = read(`${name}.${tongue}.txt`).split('\n')
  const subject = oneLine(fill(head, values, String))
  const text = fill(rest.join('\n').trimStart(), values, String)
  const html = fill(read(`${name}.${tongue}.html`), { ...values, subject }, (value) =>
    escapeHtml(String(value)),
  )
  return { subject, text, html }
}

function fill(
  template: string,
  values: Record<string, string | number>,
  show: (value: string | number) => string,
): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`a mail template needs a value for ${name}`)
    return show(value)
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
