import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { reader } from '../../infra/database'
import { logger } from '../../infra/logger'
import { migrationsIn } from '../../infra/migrator'
import { pluginCrud } from '../crud/plugin'
import { asideOf, discard, namesAside, placeOf } from '../kept'
import { livePlugins } from '../live'
import { hashOf } from '../stage'
import { inTurn, isTurnFree } from '../turn'
import { takeBack, undoFailed } from './take-back'

const LOOK_MS = 5000

/**
 * Ends what a process has begun that died over it, now and whenever one does: a version that came into place stays
 * where it works, and goes where it does not. @returns how to look no more
 */
export async function keepRecovering(): Promise<() => Promise<void>> {
  let turn = recover()
  await turn
  const timer = setInterval(() => void (turn = turn.then(recover)), LOOK_MS).unref()
  return () => {
    clearInterval(timer)
    return turn
  }
}

/** Never throws. */
async function recover(): Promise<void> {
  try {
    if ((await leftovers()).length > 0 && (await isTurnFree())) await inTurn(endAll)
  } catch (err) {
    logger.error('what a process has left of a change of plugins could not be brought to its end', { err })
  }
}

async function leftovers(): Promise<string[]> {
  const lists = await Promise.all((['old', 'failed', 'gone', 'new'] as const).map(namesAside))
  return lists.flat()
}

/** Nobody else is at it any more: whatever lies there was left. */
async function endAll(): Promise<void> {
  for (const name of await namesAside('failed')) await undo(name)
  for (const name of await namesAside('old')) await judge(name)
  for (const part of ['gone', 'new'] as const)
    for (const name of await namesAside(part)) await rm(asideOf(name, part), { recursive: true, force: true })
}

async function undo(name: string): Promise<void> {
  // Without a version in place it is not known whose tables those are: they were kept from an earlier one, perhaps.
  if (!existsSync(placeOf(name))) return rm(asideOf(name, 'failed'), { recursive: true, force: true })
  await undoFailed(name, await migrationsAt(placeOf(name), name))
}

async function judge(name: string): Promise<void> {
  const live = livePlugins()
  await live.settle()
  const plugin = live.plugins.get(name)
  if (!plugin) return
  const isGood = plugin.state !== 'set_aside'
  logger.warn('a process died while a plugin was upgraded', {
    ...{ plugin: name, reason: plugin.reason, stays: isGood ? 'the new version' : 'the version before' },
  })
  if (!isGood) {
    await takeBack(name)
    return undo(name)
  }
  await discard(asideOf(name, 'old'), name)
  const row = await pluginCrud.first(reader(), { name })
  if (row) await pluginCrud.update(reader(), row.id, { hash: await hashOf(placeOf(name)) })
  await live.announce()
}

const migrationsAt = async (folder: string, name: string) =>
  new Set((await migrationsIn(join(folder, 'migrations'), name)).map((migration) => migration.name))
