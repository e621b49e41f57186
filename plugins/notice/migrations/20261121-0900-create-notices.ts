import type { MigrationContext } from '#core'

export async function up({ types, base, required, createTable, addIndex }: MigrationContext): Promise<void> {
  await createTable('sys_notice', {
    ...base.editable,
    title: required(types.string(64)),
    type: required(types.integer),
    status: required(types.integer),
    content: required(types.text),
    audience: required(types.string(16)),
    published_time: { type: types.time },
  })
  await addIndex('sys_notice', ['status', 'created_time'])
  await createTable('sys_notice_target', {
    id: base.fixed.id,
    notice_id: required(types.id),
    target_id: required(types.id),
  })
  await addIndex('sys_notice_target', ['notice_id', 'target_id'], { unique: true })
  await addIndex('sys_notice_target', ['target_id', 'notice_id'])
  await createTable('sys_notice_read', {
    ...base.fixed,
    notice_id: required(types.id),
    user_id: required(types.id),
  })
  await addIndex('sys_notice_read', ['user_id', 'notice_id'], { unique: true })
  await addIndex('sys_notice_read', ['notice_id'])
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  for (const table of ['sys_notice_read', 'sys_notice_target', 'sys_notice']) await dropTable(table)
}
