import { filter, id, ids, optionalText, pageQuery, text, timestamp, z } from '#core'

export const DictTypeDetail = z
  .object({
    id: id(),
    name: z.string(),
    code: z.string(),
    remark: z.string().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'DictTypeDetail' })

export const DictTypeList = z.object({ ...pageQuery, name: filter(32), code: filter(32) })
export type DictTypeList = z.output<typeof DictTypeList>

export const SaveDictType = z.object({ name: text(32, 1), code: text(32, 1), remark: optionalText(2000) })
export type SaveDictType = z.output<typeof SaveDictType>

export const DictTypeIds = z.object({ pks: ids() })
