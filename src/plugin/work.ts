import { env } from '../config/env'
import { addModels, database, removeModels } from '../infra/database'
import { migrateUp, pendingMigrations } from '../infra/migrator'
import { within } from '../utils/within'
import type { Code } from './code'
import { watchGlobals } from './globals'
import type { Plugin } from './plugin'
import { isWanted } from './wanted'
import { learn, unlearn } from './words'

type Place = Pick<Plugin, 'name' | 'folder'>

/** It was switched off or removed while it was about to be put to work, and is none of those that failed. */
export class NotWanted extends Error {}

/**
 * Puts a plugin to work: tables as it needs them, models, words, what it starts. Undone completely where a step fails.
 * @returns how to end its work
 * @throws NotWanted, or what went wrong
 */
export async function putToWork({ name, folder }: Place, code: Code): Promise<() => Promise<void>> {
  const undo: (() => Promise<void> | void)[] = []
  const stop = async () => {
    const faults: unknown[] = []
    for (const step of undo.splice(0).reverse())
      await Promise.resolve()
        .then(step)
        .catch((fault: unknown) => faults.push(fault))
    if (faults.length > 0) throw faults[0]
  }
  try {
    await bringTables(code, async () => {
      if (!(await isWanted(name, folder))) throw new NotWanted('it was switched off or removed meanwhile')
    })
    addModels(code.module.models ?? [])
    undo.push(() => removeModels(code.module.models ?? []))
    learn(name, code.locales)
    undo.push(() => unlearn(name))
    const isUntouched = watchGlobals()
    const ended = await within(env.PLUGIN_LOAD_SECONDS * 1000, start(code), 'it did not start').finally(
      isUntouched,
    )
    if (ended !== undefined && typeof ended !== 'function')
      throw new Error('start() must return a function that ends what it began, or nothing')
    if (ended) undo.push(() => within(env.PLUGIN_LOAD_SECONDS * 1000, ended(), 'it did not stop'))
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

const start = async ({ module }: Code) => module.start?.()

/** @param mayBegin throws where the plugin has gone again: nobody would take out what it brings */
async function bringTables({ migrations }: Code, mayBegin: () => Promise<void>): Promise<void> {
  if (env.DATABASE_MIGRATE_ON_START) {
    await migrateUp(migrations, database(), mayBegin)
    return
  }
  const pending = await pendingMigrations(migrations)
  if (pending.length > 0)
    throw new Error(`its migrations are not applied (${pending.join(', ')}): run scripts/migrate up`)
}
