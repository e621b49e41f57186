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
