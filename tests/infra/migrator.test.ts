import { QueryTypes } from 'sequelize'
import { coreMigrations } from '../../src/boot'
import { database, dialect } from '../../src/infra/database'
import { migrateDown, migrateUp, migrator, pendingMigrations } from '../../src/infra/migrator'
import { pluginMigrations } from '../../src/plugin/folders'
import { useApp } from '#testing'

useApp()

/** Other tests start whole servers on this database, with all plugins. */
beforeAll(async () => {
  await migrateDown(await pluginMigrations())
})

const tables = async () =>
  (await database().getQueryInterface().showAllTables()) as (string | { tableName: string })[]
const names = async () =>
  (await tables()).map((table) => (typeof table === 'string' ? table : table.tableName)).sort()

describe('the migrations of the core', () => {
  it('make exactly the columns that the models declare', async () => {
    for (const model of Object.values(database().models)) {
      const columns = await database().getQueryInterface().describeTable(model.getTableName())
      const declared = model.getAttributes()
      expect([model.name, Object.keys(columns).sort()]).toEqual([model.name, Object.keys(declared).sort()])
      for (const [name, column] of Object.entries(columns)) {
        const isOptional = declared[name]?.allowNull ?? true
        expect([model.name, name, column.allowNull]).toEqual([
          model.name,
          name,
          isOptional && !declared[name]?.primaryKey,
        ])
      }
    }
  })

  it('cut text at the length that the models declare', async () => {
    if (dialect() === 'sqlite') return expect(dialect()).toBe('sqlite') // keeps no lengths
    const rows = await database().query<{ t: string; c: string; l: unknown }>(
      'SELECT table_name AS t, column_name AS c, character_maximum_length AS l FROM information_schema.columns ' +
        `WHERE data_type IN ('varchar', 'character varying') AND table_schema = ${dialect() === 'mysql' ? 'database()' : 'current_schema()'}`,
      { type: QueryTypes.SELECT },
    )
    const models = new Map(Object.values(database().models).map((model) => [model.tableName, model]))
    for (const { t, c, l } of rows) {
      const type = models.get(t)?.getAttributes()[c]?.type as
        { _length?: number; options?: { length?: number } } | undefined
      if (type) expect([t, c, Number(l)]).toEqual([t, c, type.options?.length ?? type._length])
    }
  })

  it('go down to nothing and up again to the same tables', async () => {
    const before = await names()
    const migrations = await coreMigrations()

    await (await migrator(migrations)).down({ to: 0 })
    expect((await names()).filter((name) => name !== 'sys_migration' && name !== 'sqlite_sequence')).toEqual(
      [],
    )
    const applied = await migrateUp(migrations)

    expect(applied).toEqual(migrations.map((migration) => migration.name))
    expect(await names()).toEqual(before)
    expect(await pendingMigrations(migrations)).toEqual([])
  })

  it('are all pending in an empty database, which asking for them leaves empty', async () => {
    const migrations = await coreMigrations()
    await (await migrator(migrations)).down({ to: 0 })
    await database().getQueryInterface().dropTable('sys_migration')
    const before = await names()

    expect(await pendingMigrations(migrations)).toEqual(migrations.map(({ name }) => name))

    expect(await names()).toEqual(before)
    await migrateUp(migrations)
  })

  it('are applied once when two processes start together', async () => {
    const migrations = await coreMigrations()
    await (await migrator(migrations)).down({ to: 0 })

    const [first, second] = await Promise.all([migrateUp(migrations), migrateUp(migrations)])

    expect([first.length, second.length].sort()).toEqual([0, migrations.length])
  })

  it('can be repeated after a step died half-way', async () => {
    const migrations = await coreMigrations()
    const last = migrations.at(-1)
    await database()
      .getQueryInterface()
      .bulkDelete('sys_migration', { name: migrations.map((m) => m.name) })

    await migrateUp(migrations)

    expect(last && (await pendingMigrations([last]))).toEqual([])
  })
})
