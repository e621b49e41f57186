import type { MigrationContext } from '#core'

export async function up({ types, base, required, createTable, addIndex }: MigrationContext): Promise<void> {
  await createTable('sys_user_social', {
    ...base.editable,
    // Compared byte by byte: two accounts whose ids differ in letter case are two accounts.
    sid: required(types.word(256)),
    source: required(types.word(32)),
    user_id: required(types.id),
  })
  await addIndex('sys_user_social', ['source', 'sid'], { unique: true })
  await addIndex('sys_user_social', ['user_id', 'source'], { unique: true })
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('sys_user_social')
}
