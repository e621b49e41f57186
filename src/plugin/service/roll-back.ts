import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import lt from 'semver/functions/lt'
import { badRequest, conflict } from '../../common/errors'
import type { Call } from '../../core/call'
import { reader } from '../../infra/database'
import { migrationsIn } from '../../infra/migrator'
import { pluginCrud } from '../crud/plugin'
import { asideOf, keepArchive, keptArchives, placeOf, takeBackIn } from '../kept'
import { livePlugins } from '../live'
import { mayInstall } from '../permission'
import { invalid, stageZip, type Staged } from '../stage'
import { inTurn } from '../turn'
import { known } from './info'
import { bring, mustSuitOthers, reasonAgainst } from './place'
import { takeBack, undoFailed } from './take-back'

/** What a plugin went back to, and where the version that it left is kept. */
export interface RolledBack {
  before: string
  version: string
  backup: string
}

/** Goes back to the version before. @throws as `rollBack`, and 400 in production unless it is allowed there */
export async function rollback(call: Call, name: string): Promise<void> {
  if (!mayInstall()) throw badRequest('plugin.install_dev_only')
  call.log.info('a plugin was rolled back', { plugin: name, ...(await rollBack(name)) })
}

/**
 * Puts the version in the place of a plugin that an upgrade has left behind, and undoes the migrations that it does not
 * have. Where it cannot work any more, everything is as it was.
 * @throws 404, 409 `plugin.no_former`, `plugin.needed_version`, 400 `plugin.invalid`
 */
export function rollBack(name: string): Promise<RolledBack> {
  known(name)
  return inTurn(async () => {
    const before = await versionOf(name)
    const former = await formerOf(name, before)
    try {
      mustSuitOthers(former)
      return { before, version: former.manifest.plugin.version, backup: await goBackTo(former) }
    } finally {
      await former.drop()
    }
  })
}

/** Also of one whose manifest cannot be read any more. */
async function versionOf(name: string): Promise<string> {
  const there = known(name).manifest?.plugin.version
  return there ?? (await pluginCrud.first(reader(), { name }))?.version ?? '0.0.0'
}

/** The newest archive of a lower version that was kept since the plugin was installed. */
async function formerOf(name: string, before: string): Promise<Staged> {
  const row = await pluginCrud.first(reader(), { name })
  for (const archive of row ? await keptArchives(name, row.created_time) : []) {
    const staged = await stageZip(archive, basename(archive))
    if (staged.name === name && lt(staged.manifest.plugin.version, before)) return staged
    await staged.drop()
  }
  throw conflict('plugin.no_former', { name, version: before })
}

/** @returns path of the archive of the version that was left */
async function goBackTo({ name, folder, manifest, hash }: Staged): Promise<string> {
  const keep = await namesOfMigrations(folder, name)
  const backup = await keepArchive(name, placeOf(name))
  await bring(folder, name, 'old')
  const reason = await livePlugins().plugins.exchange([name], () => tryFormer(name))
  if (reason !== null) throw invalid(reason)
  await undoFailed(name, keep)
  const row = await pluginCrud.first(reader(), { name })
  if (row) await pluginCrud.update(reader(), row.id, { version: manifest.plugin.version, hash })
  return backup
}

/** @returns why the older one cannot work any more, and the newer one is back; null where it can */
async function tryFormer(name: string): Promise<string | null> {
  await takeBack(name)
  const reason = await reasonAgainst(name)
  if (reason === null) return null
  takeBackIn(name)
  await livePlugins().announce()
  await rm(asideOf(name, 'gone'), { recursive: true, force: true })
  return reason
}

const nothing = () => Promise.resolve()

/** Without running them. */
async function namesOfMigrations(folder: string, name: string): Promise<ReadonlySet<string>> {
  const all = await migrationsIn(join(folder, 'migrations'), name, () => ({ up: nothing, down: nothing }))
  return new Set(all.map((migration) => migration.name))
}
