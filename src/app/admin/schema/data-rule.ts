import { choice, filter, id, ids, pageQuery, text, timestamp, z } from '#core'

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

export const DataRuleList = z.object({ ...pageQuery, name: filter(512) })
export type DataRuleList = z.output<typeof DataRuleList>

export const SaveDataRule = z.object({
  name: text(512, 1),
  model: text(64, 1),
  column: text(32, 1),
  operator: choice(0, 1),
  expression: choice(0, 1, 2, 3, 4, 5, 6, 7),
  value: text(256),
})
export type SaveDataRule = z.output<typeof SaveDataRule>

export const DataRuleIds = z.object({ pks: ids() })

/** Something a rule may name, and what it is called. */
export const KeyComment = z
  .object({ key: z.string(), comment: z.string().nullable() })
  .meta({ id: 'KeyComment' })
export type KeyComment = z.output<typeof KeyComment>
