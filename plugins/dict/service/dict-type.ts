import { conflict, notFound, nothingChanged, type Call, type Db, type Page, type Row } from '#core'
import { dictDataCrud } from '../crud/dict-data'
import { dictTypeCrud } from '../crud/dict-type'
import type { DictType } from '../model/dict-type'
import type { DictTypeList, SaveDictType } from '../schema/dict-type'
import { forget } from './cache'

export const all = (call: Call): Promise<Row<DictType>[]> => dictTypeCrud.all(call.db)

export const list = (call: Call, query: DictTypeList): Promise<Page<Row<DictType>>> =>
  dictTypeCrud.list(call.db, query, query)

/** @throws 404 `dict_type.not_found` */
export async function get(call: Call, id: string): Promise<Row<DictType>> {
  const type = await dictTypeCrud.get(call.db, id)
  if (!type) throw notFound('dict_type.not_found')
  return type
}

export async function create(call: Call, input: SaveDictType): Promise<void> {
  await checkCode(call.db, input.code)
  await dictTypeCrud.create(call.db, input)
  forget(call)
}

/** Its entries follow a new code. */
export async function update(call: Call, id: string, input: SaveDictType): Promise<void> {
  const type = await dictTypeCrud.lock(call.db, id)
  if (!type) throw notFound('dict_type.not_found')
  await checkCode(call.db, input.code, id)
  await dictTypeCrud.update(call.db, id, input)
  if (input.code !== type.code) await dictDataCrud.recode(call.db, id, input.code)
  forget(call)
}

/** Deletes dictionaries with all their entries; unknown ids are passed over. */
export async function remove(call: Call, ids: string[]): Promise<void> {
  if ((await dictTypeCrud.remove(call.db, ids)) === 0) throw nothingChanged()
  await dictDataCrud.removeOf(call.db, ids)
  forget(call)
}

async function checkCode(db: Db, code: string, own?: string): Promise<void> {
  const other = await dictTypeCrud.byCode(db, code)
  if (other && other.id !== own) throw conflict('dict_type.code_taken')
}
