import { manifestOf, type Files } from './made'

/** Of the table, and then of one column and one menu for each version. */
const migrationOf = (number: number): Files => {
  const at = String(number).padStart(2, '0')
  if (number === 0)
    return {
      [`migrations/20261121-09${at}-create-row.ts`]: `import type { MigrationContext } from '#core'
export const up = ({ createTable, base }: MigrationContext) => createTable('kept_row', { ...base.fixed })
export const down = ({ dropTable }: MigrationContext) => dropTable('kept_row')
`,
    }
  return {
    [`migrations/20261121-09${at}-add-part.ts`]: `import type { MigrationContext } from '#core'
const id = '21496291082578180${at}'
export async function up({ addColumn, insert, types }: MigrationContext) {
  await addColumn('kept_row', 'part_${number}', { type: types.string(8) })
  await insert('sys_menu', [{ id, title: 'kept', name: 'Kept${number}', type: 1, sort: 0, status: 1, display: 1, cache: 1,
    link: '', path: '/kept/${number}', component: '/kept/${number}', created_time: new Date() }])
}
export async function down({ dropColumn, remove }: MigrationContext) {
  await remove('sys_menu', { id: [id] })
  await dropColumn('kept_row', 'part_${number}')
}
`,
  }
}

/**
 * Versions 1.0.0, 1.1.0 and so on of one plugin: each has one column and one menu more than the one before, and reads
 * its table whenever it is asked for its number.
 * @param before what runs when it is loaded
 */
export function kept(number: number, before = ''): Files {
  const manifest = manifestOf('kept')
  const migrations = Array.from({ length: number + 1 }, (_, at) => migrationOf(at))
  return Object.assign({}, ...migrations, {
    'plugin.json': JSON.stringify({ ...manifest, plugin: { ...manifest.plugin, version: `1.${number}.0` } }),
    'index.ts': `import { BaseModel, Column, Crud, DataType, Table, data, module, route, z } from '#core'
${before}
@Table({ tableName: 'kept_row' })
class KeptRow extends BaseModel {
  ${number > 0 ? `@Column({ type: DataType.STRING(8) })\n  declare part_${number}: string | null` : ''}
}
const crud = new Crud<KeptRow>(KeptRow)
const ask = route({ method: 'get', path: '/kept', title: 'Ask', access: 'public', reply: data(z.int()),
  handle: async (call) => { await crud.find(call.db, {}); return ${number} } })
export default module({ name: 'kept', models: [KeptRow], routes: [ask] })
`,
  }) as Files
}
