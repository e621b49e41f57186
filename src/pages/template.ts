import { readFileSync } from 'node:fs'

/** Values by the names that stand in `{{name}}`. */
type Values = Record<string, string>

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

/** Reads a page with `{{name}}` in it. @returns what fills it in, escaped; @throws for a name without a value */
export function readTemplate(file: string): (values: Values) => string {
  const text = readFileSync(file, 'utf8')
  return (values) =>
    text.replace(/\{\{([\w.]+)\}\}/g, (_, name: string) => {
      const value = values[name]
      if (value === undefined) throw new Error(`no value for ${name} in ${file}`)
      return escape(value)
    })
}
