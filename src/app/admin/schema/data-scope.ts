import { filter, id, ids, int, pageQuery, status, text, timestamp, z } from '#core'
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

export const DataScopeList = z.object({ ...pageQuery, name: filter(64), status: int().optional() })
export type DataScopeList = z.output<typeof DataScopeList>

export const SaveDataScope = z.object({ name: text(64, 1), status: status() })
export type SaveDataScope = z.output<typeof SaveDataScope>

export const SetDataScopeRules = z.object({ rules: ids() })

export const DataScopeIds = z.object({ pks: ids() })
