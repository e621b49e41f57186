import { id, timestamp, z } from '#core'
import { DataRuleDetail } from './data-rule'

export const DataScopeDetail = z
  .object({
    id: id(),
    name: z.string(),
    status: z.int(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'DataScopeDetail' })

export const DataScopeFull = DataScopeDetail.extend({ rules: z.array(DataRuleDetail) }).meta({
  id: 'DataScopeFull',
})
