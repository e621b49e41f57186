import { bool, filter, id, ids, optionalText, pageQuery, text, timestamp, z } from '#core'

export const ConfigDetail = z
  .object({
    id: id(),
    name: z.string(),
    type: z.string().nullable(),
    key: z.string(),
    value: z.string(),
    is_frontend: z.boolean(),
    remark: z.string().nullable(),
    created_time: timestamp(),
    updated_time: timestamp().nullable(),
  })
  .meta({ id: 'ConfigDetail' })

export const ConfigList = z.object({ ...pageQuery, name: filter(32), type: filter(32) })
export type ConfigList = z.output<typeof ConfigList>

export const ConfigGroup = z.object({ type: filter(32) })

/** Number fields of the pages send numbers; what is stored is text. */
const value = () =>
  z.preprocess(
    (given) => (typeof given === 'number' || typeof given === 'boolean' ? String(given) : given),
    text(20_000),
  )

export const SaveConfig = z.object({
  name: text(32, 1),
  type: optionalText(32),
  key: text(64, 1),
  value: value(),
  is_frontend: bool(),
  remark: optionalText(2000),
})
export type SaveConfig = z.output<typeof SaveConfig>

export const SaveConfigs = z.array(SaveConfig.extend({ id: id() })).max(200)
export type SaveConfigs = z.output<typeof SaveConfigs>

export const ConfigIds = ids()
