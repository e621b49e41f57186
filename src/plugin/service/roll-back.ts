import { basename } from 'node:path'
import lt from 'semver/functions/lt'
import { badRequest, conflict } from '../../common/errors'
import type { Call } from '../../core/call'
import { reader } from '../../infra/database'
import { pluginCrud } from '../crud/plugin'
import { keptArchives } from '../kept'
import { mayInstall } from '../permission'
import { stageZip, type Staged } from '../stage'
import { inTurn } from '../turn'
import { known } from './info'
import { mustSuitOthers } from './place'
import { exchangeFor } from './trial'

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
      const { version } = former.manifest.plugin
      // Where it came from first is where its newest version is looked for.
      return { before, version, backup: await exchangeFor(former, { version, hash: former.hash }) }
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
