import { conflict, notFound, nothingChanged, type Call, type Db, type Page, type Row } from '#core'
import { dictDataCrud } from '../crud/dict-data'
import { dictTypeCrud } from '../crud/dict-type'
import type { DictData } from '../model/dict-data'
import type { DictDataList, SaveDictData } from '../schema/dict-data'
import { cached, forget } from './cache'

export const all = (call: Call): Promise<Row<DictData>[]> => dictDataCrud.all(call.db)

export const list = (call: Call, query: DictDataList): Promise<Page<Row<DictData>>> =>
  dictDataCrud.list(call.db, query, query)

/** @throws 404 `dict_data.not_found` */
export async function get(call: Call, id: string): Promise<Row<DictData>> {
  const entry = await cached(id, () => dictDataCrud.get(call.db, id))
  if (!entry) throw notFound('dict_data.not_found')
  return entry
}

/** The enabled entries of a dictionary. @throws 404 where there is none, which is also the answer for an unknown code */
export async function ofCode(call: Call, code: string): Promise<Row<DictData>[]> {
  const entries = await cached(`type:${code}`, async () => {
    const found = await dictDataCrud.enabledOf(call.db, code)
    return found.length === 0 ? null : found
  })
  if (!entries) throw notFound('dict_data.not_found')
  return entries
}

export async function create(call: Call, input: SaveDictData): Promise<void> {
  const code = await codeOf(call.db, input.type_id)
  await checkLabel(call.db, input)
  await dictDataCrud.create(call.db, { ...input, type_code: code })
  forget(call)
}

/** Replaces the whole entry: what is absent becomes null. */
export async function update(call: Call, id: string, input: SaveDictData): Promise<void> {
  if (!(await dictDataCrud.lock(call.db, id))) throw notFound('dict_data.not_found')
  const code = await codeOf(call.db, input.type_id)
  await checkLabel(call.db, input, id)
  const { color = null, remark = null } = input
  await dictDataCrud.update(call.db, id, { ...input, color, remark, type_code: code })
  forget(call)
}

export async function remove(call: Call, ids: string[]): Promise<void> {
  if ((await dictDataCrud.remove(call.db, ids)) === 0) throw nothingChanged()
  forget(call)
}

/** Locks the type: entries of one dictionary take turns, so that no label comes twice and none outlives its type. */
async function codeOf(db: Db, type: string): Promise<string> {
  const found = await dictTypeCrud.lock(db, type)
  if (!found) throw notFound('dict_type.not_found')
  return found.code
}

async function checkLabel(db: Db, { type_id, label }: SaveDictData, own?: string): Promise<void> {
  const other = await dictDataCrud.byLabel(db, type_id, label)
  if (other && other.id !== own) throw conflict('dict_data.label_taken')
}
