import { id, timestamp, z } from '#core'
import { DataScopeFull } from './data-scope'
import { MenuDetail } from './menu'

export const RoleDetail = z
  .object({
    id: id(),
    name: z.string(),
    status: z.int(),
    is_filter_scopes: z.boolean(),
    remark: z.string().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'RoleDetail' })

export const RoleFull = RoleDetail.extend({
  menus: z.array(MenuDetail),
  scopes: z.array(DataScopeFull),
}).meta({ id: 'RoleFull' })
