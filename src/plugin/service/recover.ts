import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { reader } from '../../infra/database'
import { logger } from '../../infra/logger'
import { hasEndedOne } from '../crash'
import { pluginCrud } from '../crud/plugin'
import { drop, namesAside, placeOf, unfinishedArchives } from '../kept'
import { livePlugins } from '../live'
import { hashOf } from '../stage'
import { inTurn, isTurnFree } from '../turn'
import { endRemoval } from './remove'
import { namesOfMigrations, takeBack, undoLeaving } from './take-back'
import { accept } from './trial'
import { undoInstall } from './undo-install'

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
  const parts = ['installing', 'removing', 'old', 'leaving', 'gone', 'new'] as const
  const lists = await Promise.all(parts.map(namesAside))
  return [...lists.flat(), ...(await unfinishedArchives())]
}

/** Nobody else is at it any more: whatever lies there was left. */
async function endAll(): Promise<void> {
  for (const name of await namesAside('installing')) await judgeInstall(name)
  for (const name of await namesAside('leaving')) await undo(name)
  for (const name of await namesAside('old')) await judge(name)
  for (const name of await namesAside('removing')) await endRemoval(name)
  for (const part of ['gone', 'new'] as const)
    for (const name of await namesAside(part)) await drop(name, part)
  for (const file of await unfinishedArchives()) await rm(file, { force: true })
}

async function undo(name: string): Promise<void> {
  // Without a version in place it is not known whose tables those are: they were kept from an earlier one, perhaps.
  if (!existsSync(placeOf(name))) return drop(name, 'leaving')
  // Whoever died may not have told it.
  await livePlugins().announce()
  await undoLeaving(name, await namesOfMigrations(placeOf(name), name))
}

/** Whether the plugin in place works here. @returns null where none is */
async function works(name: string): Promise<boolean | null> {
  const live = livePlugins()
  await live.settle()
  const plugin = live.plugins.get(name)
  return plugin ? plugin.state !== 'set_aside' && !hasEndedOne(name) : null
}

async function judgeInstall(name: string): Promise<void> {
  const isGood = await works(name)
  logger.warn('a process died while a plugin was installed', {
    ...{ plugin: name, reason: livePlugins().plugins.get(name)?.reason ?? null, stays: isGood === true },
  })
  return isGood ? drop(name, 'installing') : undoInstall(name)
}

async function judge(name: string): Promise<void> {
  const isGood = await works(name)
  const plugin = livePlugins().plugins.get(name)
  if (isGood === null || !plugin) return
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
