import { id, idFilter, ids, optionalText, pageQuery, text, timestamp, z } from '#core'

export const CasbinRuleDetail = z
  .object({
    id: id(),
    role_id: id(),
    path: z.string(),
    method: z.string(),
    remark: z.string().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'CasbinRuleDetail' })

export const CasbinRuleList = z.object({ ...pageQuery, role_id: idFilter() })
export type CasbinRuleList = z.output<typeof CasbinRuleList>

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', '*'] as const

export const SaveCasbinRule = z.object({
  role_id: id(),
  /** A path with `:name` for one segment and a closing `*` for the rest, or `*` for every path. */
  path: text(256, 1),
  method: z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(METHODS)),
  remark: optionalText(256),
})
export type SaveCasbinRule = z.output<typeof SaveCasbinRule>

export const CasbinRuleIds = z.object({ pks: ids() })
