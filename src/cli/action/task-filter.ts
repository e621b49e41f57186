import type { z } from 'zod'
import { InvalidInput } from '../../common/errors'
import { toFieldIssues } from '../../common/issues'
import type { FilterOptions } from '../command/task'
import { misused } from '../outcome'

const FIELDS = [
  ...(['name', 'status', 'queue', 'worker', 'text'] as const).map((name) => [name, name] as const),
  ['since', 'created_from'],
  ['until', 'created_to'],
] as const

/** The conditions of the command line under the names of the API. */
export const conditionsIn = (options: FilterOptions): Record<string, string> =>
  Object.fromEntries(
    FIELDS.flatMap(([option, field]) => {
      const value = options[option]
      return value === undefined ? [] : [[field, value]]
    }),
  )

/** @throws when conditions are given beside the id of one task */
export function requireNoConditions(options: FilterOptions): void {
  if (Object.keys(conditionsIn(options)).length > 0)
    throw misused('Give the id of a task, or conditions; not both.')
}

/** Input of a service, as the endpoint would read it. @throws 422 with every field that is wrong */
export function readInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new InvalidInput(toFieldIssues('body', parsed.error.issues))
}
