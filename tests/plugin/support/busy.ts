import { manifestOf, type Files } from './made'

const MIGRATION = 'migrations/20261121-0900-create-run.ts'
const CREATE = `import type { MigrationContext } from '#core'
export const up = (ctx: MigrationContext) =>
  ctx.createTable('busy_run', { ...ctx.base.fixed, word: ctx.required(ctx.types.string(64)) })
export const down = (ctx: MigrationContext) => ctx.dropTable('busy_run')
`
const NEXT_MIGRATION = 'migrations/20261121-0910-add-version.ts'
const ADD = `import type { MigrationContext } from '#core'
export const up = (ctx: MigrationContext) => ctx.addColumn('busy_run', 'version', { type: ctx.types.string(32) })
export const down = (ctx: MigrationContext) => ctx.dropColumn('busy_run', 'version')
`

const indexOf = (
  version: string,
  isNext: boolean,
) => `import { setTimeout as pause } from 'node:timers/promises'
import { BaseModel, Column, Crud, DataType, Table, data, enqueue, module, route, runs, task, z, type Call } from '#core'
@Table({ tableName: 'busy_run' })
class BusyRun extends BaseModel {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare word: string
  ${isNext ? '@Column({ type: DataType.STRING(32) })\n  declare version: string | null' : ''}
}
const crud = new Crud<BusyRun>(BusyRun)
const payload = z.object({})
const keep = task({ name: 'busy.keep', title: 'Keep', payload })
const keepApart = task({ name: 'busy.keep-apart', title: 'Keep apart', payload, queue: 'busy' })
const Wanted = z.object({ delay: z.int(), apart: z.boolean() })
const version = route({ method: 'get', path: '/busy', title: 'Version', access: 'public', reply: data(z.string()),
  handle: async (call) => { await crud.first(call.db, { word: 'none' }); await pause(5); return '${version}' } })
const ask = route({ method: 'post', path: '/busy/tasks', title: 'Ask', access: 'public', log: 'none', body: Wanted,
  reply: data(z.string()),
  handle: (call, { body: { apart, delay } }) => enqueue(call, apart ? keepApart : keep, {}, { delay }) })
const run = async (call: Call, _: object, { key }: { key: string }) => {
  await pause(Math.random() * 50)
  await crud.create(call.db, { word: key${isNext ? `, version: '${version}'` : ''} } as never)
}
export default module({ name: 'busy', models: [BusyRun], routes: [version, ask],
  tasks: [runs(keep, run), runs(keepApart, run)] })
`

/**
 * A plugin with a table, an address that answers its version, one that asks for a task, and tasks that leave a row for
 * every time they run, one of them in a queue of its own. From 2.0.0 on the table has one more column.
 */
export function busy(version: string): Files {
  const isNext = version >= '2'
  const manifest = manifestOf('busy')
  return {
    'plugin.json': JSON.stringify({ ...manifest, plugin: { ...manifest.plugin, version } }),
    'index.ts': indexOf(version, isNext),
    [MIGRATION]: CREATE,
    ...(isNext && { [NEXT_MIGRATION]: ADD }),
  }
}
