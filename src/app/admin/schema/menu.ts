import { choice, filter, id, int, isoTime, optionalId, optionalText, status, text, timestamp, z } from '#core'

export const MenuDetail = z
  .object({
    id: id(),
    title: z.string(),
    name: z.string(),
    path: z.string().nullable(),
    parent_id: id().nullable(),
    sort: z.int(),
    icon: z.string().nullable(),
    type: z.int(),
    component: z.string().nullable(),
    perms: z.string().nullable(),
    status: z.int(),
    display: z.int(),
    cache: z.int(),
    link: z.string().nullable(),
    remark: z.string().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'MenuDetail' })

/** `children` is null on leaves. */
export const MenuTree = MenuDetail.extend({
  get children() {
    return z.array(MenuTree).nullable().default(null)
  },
}).meta({ id: 'MenuTree' })

export const SidebarMeta = z
  .object({
    title: z.string(),
    icon: z.string().nullable(),
    iframeSrc: z.string().nullable(),
    link: z.string().nullable(),
    keepAlive: z.int(),
    hideInMenu: z.boolean(),
    menuVisibleWithForbidden: z.boolean(),
  })
  .meta({ id: 'SidebarMeta' })

/** A page of the console as its router wants it; times are ISO 8601, and leaves have no `children`. */
export const SidebarNode = z
  .object({
    id: id(),
    name: z.string(),
    path: z.string().nullable(),
    parent_id: id().nullable(),
    sort: z.int(),
    type: z.int(),
    component: z.string().nullable(),
    perms: z.string().nullable(),
    remark: z.string().nullable(),
    created_time: isoTime(),
    updated_time: isoTime().nullable(),
    meta: SidebarMeta,
    get children() {
      return z.array(SidebarNode).optional()
    },
  })
  .meta({ id: 'SidebarNode' })

export const MenuList = z.object({ title: filter(), status: int().optional() })
export type MenuList = z.output<typeof MenuList>

const optionalFields = {
  path: optionalText(200),
  parent_id: optionalId(),
  sort: int({ min: 0 }).optional(),
  icon: optionalText(128),
  component: optionalText(256),
  perms: optionalText(128),
  link: optionalText(65_535),
  remark: optionalText(65_535),
}

export const SaveMenu = z
  .object({
    title: text(64, 1),
    name: text(64, 1),
    type: choice(0, 1, 2, 3, 4),
    status: status(),
    display: status(),
    cache: status(),
    ...optionalFields,
  })
  .meta({ id: 'SaveMenu' })
export type SaveMenu = z.output<typeof SaveMenu>
