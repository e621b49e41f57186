import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { database, dialect } from '../../infra/database'
import { logger } from '../../infra/logger'
import { appliedMigrations, migrateDown, migrationsIn, perform, type Migration } from '../../infra/migrator'
import { asideOf, takeOut } from '../kept'
import { livePlugins } from '../live'

/** Takes a version out of its place that failed, on every process; the one before is back where there is one. */
export async function takeBack(name: string): Promise<void> {
  await rm(asideOf(name, 'leaving'), { recursive: true, force: true })
  takeOut(name)
  await livePlugins().announce()
}

/**
 * Undoes what the migrations of a version did that leaves, when nobody works with it any more.
 * @param keep those that stay
 */
export async function undoLeaving(name: string, keep: ReadonlySet<string>): Promise<void> {
  const folder = asideOf(name, 'leaving')
  await livePlugins().everybodyHasSeen()
  await undoMigrations(folder, name, keep)
  await rm(folder, { recursive: true, force: true })
}

async function undoMigrations(folder: string, name: string, keep: ReadonlySet<string>): Promise<void> {
  // Where one of them cannot be read, none was applied.
  const all = await migrationsIn(join(folder, 'migrations'), name).catch(() => [])
  await undo(
    all.filter((migration) => !keep.has(migration.name)),
    name,
  )
}

/** Undoes those that are applied, and what the first of the others may have left. */
export async function undo(tried: Migration[], name: string): Promise<void> {
  const applied = new Set(await appliedMigrations())
  const broken = tried.find((migration) => !applied.has(migration.name))
  // MySQL keeps what a migration did before it failed.
  if (broken && dialect() === 'mysql')
    await perform(database(), broken, 'down', {}).catch((err: unknown) =>
      logger.warn('a migration that failed could not be undone', { err, plugin: name }),
    )
  await migrateDown(tried)
}

const nothing = () => Promise.resolve()

/** The migrations that a version has, without running a line of it. */
export async function namesOfMigrations(folder: string, name: string): Promise<ReadonlySet<string>> {
  const all = await migrationsIn(join(folder, 'migrations'), name, () => ({ up: nothing, down: nothing }))
  return new Set(all.map((migration) => migration.name))
}
