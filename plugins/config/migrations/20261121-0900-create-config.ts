import type { MigrationContext } from '#core'

export async function up({ types, base, required, createTable, addIndex }: MigrationContext): Promise<void> {
  await createTable('sys_config', {
    ...base.editable,
    name: required(types.string(32)),
    type: { type: types.string(32) },
    key: required(types.string(64)),
    value: required(types.text),
    is_frontend: required(types.boolean),
    remark: { type: types.text },
  })
  await addIndex('sys_config', ['key'], { unique: true })
  await addIndex('sys_config', ['type'])
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('sys_config')
}
