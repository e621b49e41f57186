import { bool, filter, id, ids, int, optionalText, pageQuery, status, text, timestamp, z } from '#core'
import { DataScopeFull } from './data-scope'
import { MenuDetail } from './menu'

export const RoleDetail = z
  .object({
    id: id(),
    name: z.string(),
    status: z.int(),
    is_filter_scopes: z.boolean(),
    is_mfa_required: z.boolean(),
    remark: z.string().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'RoleDetail' })

export const RoleFull = RoleDetail.extend({
  menus: z.array(MenuDetail),
  scopes: z.array(DataScopeFull),
}).meta({ id: 'RoleFull' })

export const RoleList = z.object({ ...pageQuery, name: filter(), status: int().optional() })
export type RoleList = z.output<typeof RoleList>

export const SaveRole = z
  .object({
    name: text(32, 1),
    status: status(),
    is_filter_scopes: bool().optional(),
    is_mfa_required: bool().optional(),
    remark: optionalText(65_535),
  })
  .meta({ id: 'SaveRole' })
export type SaveRole = z.output<typeof SaveRole>

export const SetRoleMenus = z.object({ menus: ids() }).meta({ id: 'SetRoleMenus' })
export const SetRoleScopes = z.object({ scopes: ids() }).meta({ id: 'SetRoleScopes' })
export const DeleteRoles = z.object({ pks: ids() }).meta({ id: 'DeleteRoles' })
