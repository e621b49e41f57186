import type { Module } from '../../src/core/module'
import { migrateDown } from '../../src/infra/migrator'
import { start, type Running } from '../../src/start'
import { Client } from './client'

let running: Running | undefined

export interface AppOptions {
  /** Folders of plugins: names below `plugins`, or paths. Those they require are named too. `all`: what is in PLUGIN_DIR. */
  plugins: string[] | 'all'
  /** Set aside is what the test is about; otherwise it fails. */
  mayBeSetAside?: boolean
}

/**
 * Starts the real application for the tests of a file, on this worker's database and Redis, and stops it afterwards.
 * Call it at the top of a test file; requests may be sent from inside its tests. Without arguments only the core runs;
 * what plugins brought into the database is taken out again.
 */
export function useApp(...parts: (Module | AppOptions)[]): void {
  const options = parts.filter((part): part is AppOptions => 'plugins' in part)
  const modules = parts.filter((part): part is Module => !('plugins' in part))
  beforeAll(async () => {
    running = await start({ modules, plugins: wanted(options) })
    const broken = running.plugins.list().filter((plugin) => plugin.state === 'set_aside')
    if (broken.length > 0 && !options.some((one) => one.mayBeSetAside))
      throw new Error(broken.map(({ name, reason }) => `${name} is set aside: ${reason}`).join('\n'))
  }, 60_000)
  afterAll(async () => {
    const plugins = running?.plugins.list() ?? []
    await running?.plugins.stop()
    for (const { code } of plugins.reverse()) await migrateDown(code?.migrations ?? [])
    await running?.lifecycle.stop()
    running = undefined
  }, 60_000)
}

const wanted = (options: AppOptions[]): string[] | undefined =>
  options.some((one) => one.plugins === 'all') ? undefined : options.flatMap((one) => one.plugins)

/** The running application. */
export function app(): Running {
  if (!running) throw new Error('call useApp() at the top of the test file')
  return running
}

export const baseUrl = (): string => `http://127.0.0.1:${app().port}`

/** Somebody who is not signed in. */
export const stranger = (): Client => new Client(baseUrl())
