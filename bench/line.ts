/** One measured figure beside its budget. */
export interface Line {
  name: string
  value: string
  budget: string
  ok: boolean
}

export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
