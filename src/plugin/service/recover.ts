import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { reader } from '../../infra/database'
import { logger } from '../../infra/logger'
import { hasEndedOne } from '../crash'
import { pluginCrud } from '../crud/plugin'
import { asideOf, namesAside, placeOf, unfinishedArchives } from '../kept'
import { livePlugins } from '../live'
import { hashOf } from '../stage'
import { inTurn, isTurnFree } from '../turn'
import { namesOfMigrations, takeBack, undoLeaving } from './take-back'
import { accept } from './trial'

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
  const lists = await Promise.all((['old', 'leaving', 'gone', 'new'] as const).map(namesAside))
  return [...lists.flat(), ...(await unfinishedArchives())]
}

/** Nobody else is at it any more: whatever lies there was left. */
async function endAll(): Promise<void> {
  for (const name of await namesAside('leaving')) await undo(name)
  for (const name of await namesAside('old')) await judge(name)
  for (const part of ['gone', 'new'] as const)
    for (const name of await namesAside(part)) await rm(asideOf(name, part), { recursive: true, force: true })
  for (const file of await unfinishedArchives()) await rm(file, { force: true })
}

async function undo(name: string): Promise<void> {
  // Without a version in place it is not known whose tables those are: they were kept from an earlier one, perhaps.
  if (!existsSync(placeOf(name))) return rm(asideOf(name, 'leaving'), { recursive: true, force: true })
  // Whoever died may not have told it.
  await livePlugins().announce()
  await undoLeaving(name, await namesOfMigrations(placeOf(name), name))
}

async function judge(name: string): Promise<void> {
  const live = livePlugins()
  await live.settle()
  const plugin = live.plugins.get(name)
  if (!plugin) return
  const isGood = plugin.state !== 'set_aside' && !hasEndedOne(name)
  logger.warn('a process died while a plugin was exchanged for another version', {
    ...{ plugin: name, reason: plugin.reason, stays: isGood ? 'the other version' : 'the version before' },
  })
  if (!isGood) {
    await takeBack(name)
    return undo(name)
  }
  const row = await pluginCrud.first(reader(), { name })
  if (row) await pluginCrud.update(reader(), row.id, { hash: await hashOf(placeOf(name)) })
  await accept(name)
}
