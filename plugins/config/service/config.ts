import {
  SecretBox,
  conflict,
  invalid,
  liveSettingNamed,
  nextId,
  notFound,
  nothingChanged,
  secrets,
  type Call,
  type Page,
  type Row,
} from '#core'
import { configCrud } from '../crud/config'
import type { Config } from '../model/config'
import type { ConfigList, SaveConfig, SaveConfigs } from '../schema/config'
import { HIDDEN, isSecret } from '../secret'
import { cached, forget, opened, sealingContext, textsOf } from './live'

type ConfigRow = Row<Config>

/** As it may be seen: secrets are hidden from everybody, and one that has to be entered anew looks empty. */
const shown = (row: ConfigRow): ConfigRow =>
  isSecret(row) ? { ...row, value: opened(row) ? HIDDEN : '' } : row

/** The rows of a group, or all. */
export async function all(call: Call, type: string | undefined): Promise<ConfigRow[]> {
  const rows = await cached(type === undefined ? 'all' : `group:${type}`, () =>
    configCrud.ofGroup(call.db, type),
  )
  return (rows ?? []).map(shown)
}

export async function list(call: Call, query: ConfigList): Promise<Page<ConfigRow>> {
  const { items, total } = await configCrud.list(call.db, query, query)
  return { items: items.map(shown), total }
}

/** @throws 404 `config.not_found` */
export async function get(call: Call, id: string): Promise<ConfigRow> {
  const row = await cached(`id:${id}`, () => configCrud.get(call.db, id))
  if (!row) throw notFound('config.not_found')
  return shown(row)
}

export async function create(call: Call, input: SaveConfig): Promise<void> {
  checkValue(input)
  const [other] = await configCrud.byKeys(call.db, [input.key])
  if (other) throw conflict('config.key_taken', { key: input.key })
  const id = nextId()
  await configCrud.create(call.db, { ...input, id, value: sealed(id, input) })
  await finish(call)
}

/** @throws 404, 409 when another row has the key, 422 for a value that cannot be meant */
export async function update(call: Call, id: string, input: SaveConfig): Promise<void> {
  await updateMany(call, [{ ...input, id }])
}

/** All of them or none. */
export async function updateMany(call: Call, inputs: SaveConfigs): Promise<void> {
  if (inputs.length === 0) throw nothingChanged()
  const rows = await configCrud.lockMany(
    call.db,
    inputs.map(({ id }) => id),
  )
  const before = new Map(rows.map((row) => [row.id, row]))
  await checkKeys(call, inputs)
  for (const input of inputs) {
    const row = before.get(input.id)
    if (!row) throw notFound('config.not_found')
    await change(call, row, input)
  }
  await finish(call)
}

export async function remove(call: Call, ids: string[]): Promise<void> {
  if ((await configCrud.remove(call.db, ids)) === 0) throw nothingChanged()
  await finish(call)
}

/** A secret that comes back as it was shown stays as it is, unless the row becomes another setting. */
async function change(call: Call, row: ConfigRow, input: SaveConfig): Promise<void> {
  const isUntouched =
    isSecret(row) && input.key === row.key && [HIDDEN, shown(row).value].includes(input.value)
  if (!isUntouched) checkValue(input)
  const value = isUntouched ? row.value : sealed(row.id, input)
  const { name, type, key, is_frontend, remark } = input
  await configCrud.update(call.db, row.id, { name, type, key, is_frontend, remark, value })
}

const sealed = (id: string, row: Pick<ConfigRow, 'key' | 'value'>) =>
  isSecret(row) && row.value !== '' ? secrets().seal(row.value, sealingContext(id)) : row.value

async function checkKeys(call: Call, inputs: SaveConfigs): Promise<void> {
  const owners = new Map<string, string>()
  for (const { id, key } of inputs) {
    if (owners.has(key)) throw conflict('config.key_taken', { key })
    owners.set(key, id)
  }
  for (const { id, key } of await configCrud.byKeys(call.db, [...owners.keys()]))
    if (owners.get(key) !== id) throw conflict('config.key_taken', { key })
}

/** A setting that Steward reads must be one it understands; other keys may hold anything. */
function checkValue({ key, value }: SaveConfig): void {
  if (key.endsWith('_CONFIG_STATUS') && !['0', '1'].includes(value))
    throw invalid('value', 'config.status_invalid', { key })
  const setting = liveSettingNamed(key)
  if (!setting || value === '' || setting.schema.safeParse(value).success) return
  throw invalid('value', 'config.value_invalid', { key, example: setting.example })
}

/** Rules over several rows, and the end of what every process remembers. */
async function finish(call: Call): Promise<void> {
  const rows = await configCrud.ofGroup(call.db, undefined)
  await sealRest(call, rows)
  const now = textsOf(rows)
  const shortest = Number(now['USER_PASSWORD_MIN_LENGTH'] || NaN)
  const longest = Number(now['USER_PASSWORD_MAX_LENGTH'] || NaN)
  if (shortest > longest) throw invalid('value', 'config.lengths_invalid')
  forget(call)
}

/** Seals what was stored before its key was known as a secret, unless somebody has just changed it. */
async function sealRest(call: Call, rows: readonly ConfigRow[]): Promise<void> {
  for (const row of rows.filter((one) => one.value !== '' && isSecret(one) && !SecretBox.isSealed(one.value)))
    if ((await configCrud.lock(call.db, row.id))?.value === row.value)
      await configCrud.update(call.db, row.id, { value: sealed(row.id, row) })
}
