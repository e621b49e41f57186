import type { MigrationContext } from '#core'

/** Whom a mail has not reached: the addresses that it is still for, and those that were refused. */
export async function up({ addColumn, types }: MigrationContext): Promise<void> {
  for (const name of ['missing', 'refused']) await addColumn('sys_email', name, { type: types.text })
}

export async function down({ dropColumn }: MigrationContext): Promise<void> {
  for (const name of ['refused', 'missing']) await dropColumn('sys_email', name)
}
