import type { MigrationContext } from '../src/infra/migrator'

/** Which plugins there are and which of them are to work; the files of those that were not put there by hand. */
export async function up({ types, createTable, addIndex, base, required }: MigrationContext): Promise<void> {
  await createTable('sys_plugin', {
    ...base.editable,
    name: required(types.string(64)),
    version: required(types.string(32)),
    is_enabled: required(types.boolean),
    source: required(types.string(16)),
    origin: { type: types.string(512) },
    hash: { type: types.string(64) },
    state: required(types.string(16)),
    reason: { type: types.text },
    load_ms: { type: types.integer },
  })
  await addIndex('sys_plugin', ['name'], { unique: true })
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('sys_plugin')
}
