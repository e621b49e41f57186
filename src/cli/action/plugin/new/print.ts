/** The width of a line, as the formatter of the project has it. */
const WIDTH = 110

/** A list in brackets: on one line where that fits, else one item a line, as the formatter wants it. */
export function list(before: string, brackets: '[]' | '{}' | '<>', items: string[], after = ''): string {
  const [open, close] = [brackets.charAt(0), brackets.charAt(1)]
  const gap = brackets === '{}' ? ' ' : ''
  const line = `${before}${open}${gap}${items.join(', ')}${gap}${close}${after}`
  if (line.length <= WIDTH) return line
  const indent = /^ */.exec(before)?.[0] ?? ''
  const comma = brackets === '<>' ? '' : ','
  return `${before}${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}${comma}\n${indent}${close}${after}`
}

export const imports = (names: string[], from: string): string =>
  list('import ', '{}', names.sort(byWord), ` from '${from}'`)

/** What is only a type stands behind what is there when it runs. */
const byWord = (a: string, b: string) =>
  Number(a.startsWith('type ')) - Number(b.startsWith('type ')) || (a < b ? -1 : 1)

/** A type that is one of some: on one line where that fits, on the next, or else each on a line of its own. */
export function union(before: string, values: string[]): string {
  const line = `${before} ${values.join(' | ')}`
  const indent = /^ */.exec(before)?.[0] ?? ''
  if (line.length <= WIDTH) return line
  const next = `${indent}  ${values.join(' | ')}`
  if (next.length <= WIDTH) return `${before}\n${next}`
  return [before, ...values.map((value) => `${indent}  | ${value}`)].join('\n')
}

export const quoted = (texts: string[]): string[] => texts.map((text) => `'${text}'`)

/** Lines of a file; what is null is left out. */
export const file = (...lines: (string | null)[]): string =>
  `${lines.filter((line) => line !== null).join('\n')}\n`
