import { id, timestamp, z } from '#core'

export const DeptDetail = z
  .object({
    id: id(),
    name: z.string(),
    parent_id: id().nullable(),
    sort: z.int(),
    leader: z.string().nullable(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    status: z.int(),
    del_flag: z.boolean(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'DeptDetail' })
