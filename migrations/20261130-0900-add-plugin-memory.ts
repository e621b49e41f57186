import type { MigrationContext } from '../src/infra/migrator'

/** How much memory loading a plugin took, in bytes. */
export async function up({ types, addColumn }: MigrationContext): Promise<void> {
  await addColumn('sys_plugin', 'memory_bytes', { type: types.integer })
}

export async function down({ dropColumn }: MigrationContext): Promise<void> {
  await dropColumn('sys_plugin', 'memory_bytes')
}
