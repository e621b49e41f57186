import {
  filter,
  id,
  int,
  optionalEmail,
  optionalId,
  optionalPhone,
  optionalText,
  status,
  text,
  timestamp,
  z,
} from '#core'

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

/** `children` is null on leaves. */
export const DeptTree = DeptDetail.extend({
  get children() {
    return z.array(DeptTree).nullable().default(null)
  },
}).meta({ id: 'DeptTree' })

export const DeptList = z.object({
  name: filter(),
  leader: filter(),
  phone: filter(),
  status: int().optional(),
})
export type DeptList = z.output<typeof DeptList>

const optionalFields = {
  parent_id: optionalId(),
  sort: int({ min: 0 }).optional(),
  leader: optionalText(32),
  phone: optionalPhone(),
  email: optionalEmail(64),
}

export const SaveDept = z
  .object({ name: text(64, 1), status: status(), ...optionalFields })
  .meta({ id: 'SaveDept' })
export type SaveDept = z.output<typeof SaveDept>
