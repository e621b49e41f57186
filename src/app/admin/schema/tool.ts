import { bool, filter, pageQuery, z } from '#core'

export const ToolList = z.object({
  ...pageQuery,
  name: filter(),
  module: filter(64),
  /** false: also the routes that have a place of their own in the API. */
  only_tools: bool().default(true),
})
export type ToolList = z.output<typeof ToolList>

export const ToolShown = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    module: z.string(),
    is_tool: z.boolean(),
    method: z.string(),
    /** With `:name` for each member of `params`. */
    path: z.string(),
    /** Whether it may change something. */
    changes: z.boolean(),
    /** JSON Schema of an object with `params`, `query` and `body`, as far as it takes them. */
    input_schema: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Tool' })
