import type { MigrationContext } from '#core'

export async function up({ types, base, required, createTable, addIndex }: MigrationContext): Promise<void> {
  await createTable('sys_email', {
    ...base.editable,
    recipients: required(types.text),
    subject: required(types.string(255)),
    text: { type: types.text },
    html: { type: types.text },
    is_hidden: required(types.boolean),
    state: required(types.string(16)),
    attempts: required(types.integer),
    last_error: { type: types.string(1000) },
    sent_time: { type: types.time },
    key: { type: types.string(128) },
    task_id: { type: types.string(64) },
  })
  await addIndex('sys_email', ['key'], { unique: true })
  await addIndex('sys_email', ['state', 'created_time'])
  await addIndex('sys_email', ['created_time'])
  await createTable('sys_email_attachment', {
    ...base.fixed,
    email_id: required(types.id),
    name: required(types.string(255)),
    content_type: required(types.string(128)),
    size: required(types.integer),
    content: required(types.text),
  })
  await addIndex('sys_email_attachment', ['email_id'])
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  for (const table of ['sys_email_attachment', 'sys_email']) await dropTable(table)
}
