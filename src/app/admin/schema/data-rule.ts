import { id, timestamp, z } from '#core'

export const DataRuleDetail = z
  .object({
    id: id(),
    name: z.string(),
    model: z.string(),
    column: z.string(),
    operator: z.int(),
    expression: z.int(),
    value: z.string(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'DataRuleDetail' })
