import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../common/errors'
import type { Module } from '../core/module'
import { RouteTable } from '../core/router'
import type { Host } from '../core/run-route'
import { loadModule } from '../infra/load-module'
import { migrationsIn, type Migration } from '../infra/migrator'
import { env } from '../config/env'
import { guarded } from './globals'
import { inventoryOf, type Inventory } from './inventory'
import type { Loadable } from './order'
import { within } from '../utils/within'
import { readLocales, type Locales } from './words'

/** Everything a plugin brings, loaded and looked at, but not at work yet. */
export interface Code {
  module: Module
  locales: Locales
  migrations: Migration[]
  inventory: Inventory
}

/** Runs the code of a plugin for the first time. @throws a sentence with what is wrong */
export async function loadCode(found: Loadable): Promise<Code> {
  const module = loadIndex(found)
  tryRoutes(module)
  const locales = await readLocales(join(found.folder, 'locales'))
  const migrations = await loadMigrations(found)
  const inventory = await lookInto(migrations)
  return { module: { ...module, version: found.manifest.plugin.version }, locales, migrations, inventory }
}

type Place = Pick<Loadable, 'name' | 'folder'>

/** What it lists, as far as that can be told apart from something else. @throws a sentence with what is wrong */
export const loadIndex = ({ name, folder }: Place): Module => checked(name, load(indexOf(folder)))

/** @param read what is in the file of one of them */
export const loadMigrations = async ({ name, folder }: Place, read = load): Promise<Migration[]> =>
  (await migrationsIn(join(folder, 'migrations'), name, read)).map(bounded)

/** @throws a sentence where they cannot be run on nothing */
export function lookInto(migrations: Migration[]): Promise<Inventory> {
  const kind = env.DATABASE_TYPE === 'postgresql' ? 'postgres' : env.DATABASE_TYPE
  const looking = inventoryOf(migrations, kind)
  return within(env.PLUGIN_LOAD_SECONDS * 1000, looking, 'its migrations did not come to an end')
}

/** Also the migration of a large table ends some time; one that hangs would keep every other one waiting. */
const MIGRATION_MS = 10 * 60_000

const bounded = (migration: Migration): Migration => ({
  name: migration.name,
  up: (ctx) => within(MIGRATION_MS, migration.up(ctx), `migration ${migration.name} did not come to an end`),
  down: (ctx) =>
    within(MIGRATION_MS, migration.down(ctx), `migration ${migration.name} did not come to an end`),
})

/** Nothing else runs in between: what the file does to built-in objects is undone before anybody can meet it. */
export const load = (file: string): unknown => guarded(() => loadModule(file))

export function indexOf(folder: string): string {
  const file = ['index.ts', 'index.js'].map((name) => join(folder, name)).find((name) => existsSync(name))
  if (file === undefined)
    throw new Error('index.ts is missing: it lists what the plugin brings, with module()')
  return file
}

const LISTS = ['routes', 'models', 'tasks', 'sockets', 'listeners', 'extensions'] as const

function checked(name: string, loaded: unknown): Module {
  const module = isObject(loaded) && 'default' in loaded ? loaded.default : loaded
  if (!isModule(module)) throw new Error('index.ts must have `export default module({ ... })`')
  if (module.name !== name)
    throw new Error(`index.ts says name: '${module.name}', plugin.json says "${name}"`)
  return module
}

const NOBODY: Host = {
  identify: () => Promise.reject(new Error('nobody is asked')),
  record: () => Promise.resolve(),
  gate: () => () => {},
  explain: (error) => new AppError('server.error', { status: 500, cause: error }),
}

/** A path that no router understands shall be this plugin's problem, and not that of all routes. */
function tryRoutes(module: Module): void {
  try {
    new RouteTable('', NOBODY).replace([module])
  } catch (error) {
    throw new Error(`a route cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** The types were checked when it was written; this only tells a module from something else. */
function isModule(value: unknown): value is Module {
  if (!isObject(value) || !('name' in value) || typeof value.name !== 'string') return false
  const parts = new Map<string, unknown>(Object.entries(value))
  if (parts.has('start') && typeof parts.get('start') !== 'function') return false
  return LISTS.every((list) => parts.get(list) === undefined || Array.isArray(parts.get(list)))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
