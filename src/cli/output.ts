import { say } from '../utils/printer'

/** A result for other programs. */
export const sayJson = (value: unknown): void => say(JSON.stringify(value, null, 2))

/** Columns under each other, each as wide as its widest cell. */
export function table(head: string[], rows: string[][]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return all.map((row) => line(row).trimEnd()).join('\n')
}

/** `1 row`, `2 rows`. */
export const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`
