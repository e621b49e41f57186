import { id, timestamp, z } from '#core'

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
