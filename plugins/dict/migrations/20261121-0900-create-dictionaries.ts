import type { MigrationContext } from '#core'

export async function up({ types, base, required, createTable, addIndex }: MigrationContext): Promise<void> {
  await createTable('sys_dict_type', {
    ...base.editable,
    name: required(types.string(32)),
    code: required(types.string(32)),
    remark: { type: types.text },
  })
  await addIndex('sys_dict_type', ['code'], { unique: true })
  await createTable('sys_dict_data', {
    ...base.editable,
    type_code: required(types.string(32)),
    label: required(types.string(32)),
    value: required(types.string(32)),
    color: { type: types.string(32) },
    sort: required(types.integer),
    status: required(types.integer),
    remark: { type: types.text },
    type_id: required(types.id),
  })
  await addIndex('sys_dict_data', ['type_code'])
  await addIndex('sys_dict_data', ['type_id', 'label'], { unique: true })
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('sys_dict_data')
  await dropTable('sys_dict_type')
}
