import type { Db } from '../infra/db'
import type { Module } from './module'

let working: () => Module[] = () => []
let mounted: () => Module[] = () => []

/**
 * Called where modules are put together; functions, since plugins come and go.
 * @param all also modules that are switched off
 */
export function registerModules(source: () => Module[], all: () => Module[] = source): void {
  working = source
  mounted = all
}

/** The modules that work at this moment, each after what it requires. */
export const workingModules = (): Module[] => working()

/** Also those that are switched off. */
export const mountedModules = (): Module[] => mounted()

/** Keeps a module as it is until the transaction ends. @returns whether it works at all */
export type Hold = (db: Db, module: string) => Promise<boolean>

let hold: Hold = () => Promise.resolve(true)

/** Called where plugins are kept. Without it no module can go. */
export function registerHold(by: Hold): void {
  hold = by
}

/**
 * Keeps a module from being switched off or removed by any process until the transaction ends.
 * @returns whether it works at all, which this process may not have heard yet
 */
export const holdModule: Hold = (db, module) => hold(db, module)
