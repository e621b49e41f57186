import { filter, id, ids, int, pageQuery, timestamp, z } from '#core'

/** Where a call came from, as far as it is known. */
const origin = {
  ip: z.string(),
  country: z.string().nullable(),
  region: z.string().nullable(),
  city: z.string().nullable(),
  user_agent: z.string().nullable(),
  os: z.string().nullable(),
  browser: z.string().nullable(),
  device: z.string().nullable(),
}

export const LoginLogDetail = z
  .object({
    id: id(),
    user_uuid: z.string(),
    username: z.string(),
    status: z.int(),
    ...origin,
    msg: z.string(),
    login_time: timestamp(),
    created_time: timestamp(),
  })
  .meta({ id: 'LoginLogDetail' })

export const OperaLogRow = z
  .object({
    id: id(),
    trace_id: z.string(),
    username: z.string().nullable(),
    method: z.string(),
    title: z.string(),
    path: z.string(),
    ...origin,
    args: z.record(z.string(), z.unknown()).nullable(),
    status: z.int(),
    code: z.string(),
    msg: z.string().nullable(),
    cost_time: z.number(),
    opera_time: timestamp(),
    created_time: timestamp(),
  })
  .meta({ id: 'OperaLogRow' })

const Change = z.object({
  table: z.string(),
  id: z.string(),
  action: z.enum(['create', 'update', 'delete']),
  before: z.record(z.string(), z.unknown()).optional(),
  after: z.record(z.string(), z.unknown()).optional(),
})

export const OperaLogDetail = OperaLogRow.extend({
  changes: z.object({ count: z.int(), rows: z.array(Change) }).nullable(),
}).meta({ id: 'OperaLogDetail' })

export const LogList = z.object({
  ...pageQuery,
  username: filter(64),
  status: int().optional(),
  ip: filter(64),
})
export type LogList = z.output<typeof LogList>

export const LogIds = z.object({ pks: ids() })
