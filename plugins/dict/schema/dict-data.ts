import { filter, id, idFilter, ids, int, optionalText, pageQuery, status, text, timestamp, z } from '#core'

export const DictDataDetail = z
  .object({
    id: id(),
    type_id: id(),
    type_code: z.string(),
    label: z.string(),
    value: z.string(),
    color: z.string().nullable(),
    sort: z.int(),
    status: z.int(),
    remark: z.string().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'DictDataDetail' })

export const DictDataList = z.object({
  ...pageQuery,
  type_code: filter(32),
  label: filter(32),
  value: filter(32),
  status: int().optional(),
  type_id: idFilter(),
})
export type DictDataList = z.output<typeof DictDataList>

export const SaveDictData = z.object({
  type_id: id(),
  label: text(32, 1),
  value: text(32),
  color: optionalText(32),
  sort: int(),
  status: status(),
  remark: optionalText(2000),
})
export type SaveDictData = z.output<typeof SaveDictData>

export const DictCode = z.object({ code: text(32, 1) })

export const DictDataIds = z.object({ pks: ids() })
