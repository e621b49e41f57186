import { operaLogCrud } from '../../src/app/admin/crud/logs'
import { reader } from '../../src/infra/database'

export interface Note {
  id: string
  path: string
  title: string
}

const WHEN = new Date('2026-01-02T03:04:05Z')

/** A row of the operation log that stands for an entry. */
export const rowOf = ({ id, path, title }: Note) => ({
  id,
  path,
  title,
  trace_id: 'f'.repeat(32),
  method: 'GET',
  ip: '127.0.0.1',
  msg: 'Success',
  status: 1,
  opera_time: WHEN,
  created_time: WHEN,
})

export const storeRows = (notes: Note[]) => operaLogCrud.appendOnce(reader(), notes.map(rowOf))
