import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Module } from '../core/module'
import { env } from '../config/env'
import { supportedLanguages } from '../infra/i18n'
import { version } from '../utils/version'
import { Claims } from './clash'
import { loadCode, type Code } from './code'
import { findPlugins } from './folders'
import { requirementsOf } from './manifest'
import { inLoadOrder, type Loadable } from './order'

export interface Finding {
  /** `error` keeps the plugin from being loaded or installed, `advice` does not. */
  kind: 'error' | 'advice'
  words: string
}

/** Everything that is wrong with a plugin, as far as it shows without starting it. Those it requires are looked for. */
export async function checkPlugin(folder: string, core: Module[]): Promise<Finding[]> {
  const found = await findPlugins([folder])
  const others = (await findPlugins()).filter(({ name }) => name !== found[0]?.name)
  const [one] = await findPlugins([folder, ...others.map((other) => other.folder)])
  if (!one) return []
  if (one.problems.length > 0) return one.problems.map((words) => ({ kind: 'error', words }))
  const { sorted, faults } = inLoadOrder([one, ...others], { version, database: env.DATABASE_TYPE })
  const fault = faults.get(one.name)
  if (fault !== undefined) return [{ kind: 'error', words: fault }]
  const self = sorted.find(({ name }) => name === one.name)
  if (!self) return []
  const claims = new Claims(core)
  const needing = neededBy(self.name, sorted)
  for (const other of sorted) if (other !== self && !needing.has(other.name)) await claim(other, claims)
  return [...(await faultsOf(self, claims)), ...adviceFor(self)]
}

/** Names of those that could not be there before it. @param sorted each after what it requires */
function neededBy(name: string, sorted: Loadable[]): Set<string> {
  const needing = new Set<string>()
  for (const one of sorted) {
    const needs = [...requirementsOf(one.manifest).keys()]
    if (needs.some((other) => other === name || needing.has(other))) needing.add(one.name)
  }
  return needing
}

/** What is installed has what it brings, unless it is set aside when it is loaded. */
async function claim(other: Loadable, claims: Claims): Promise<void> {
  const code = await loadCode(other).catch(() => null)
  if (code && claims.foreignSetting(other.manifest) === null) claims.take(other.manifest, code)
}

async function faultsOf(self: Loadable, claims: Claims): Promise<Finding[]> {
  try {
    const code = await loadCode(self)
    const clash = claims.foreignSetting(self.manifest) ?? claims.take(self.manifest, code)
    return [...(clash === null ? [] : [{ kind: 'error' as const, words: clash }]), ...adviceAbout(code)]
  } catch (error) {
    return [{ kind: 'error', words: error instanceof Error ? error.message : String(error) }]
  }
}

function adviceFor({ folder }: Loadable): Finding[] {
  const advice: Finding[] = []
  if (!existsSync(join(folder, 'README.md')))
    advice.push({ kind: 'error', words: 'README.md is missing: without it the plugin cannot be installed' })
  if (!existsSync(join(folder, 'tests')))
    advice.push({ kind: 'advice', words: 'tests is missing: a plugin brings its tests along' })
  return advice
}

function adviceAbout({ locales, inventory, module }: Code): Finding[] {
  const languages = supportedLanguages().filter((language) => locales.size > 0 && !locales.has(language))
  const tables = new Set(inventory.tables)
  const untouched = inventory.altered.length === 0 && tables.size > 0
  return [
    ...languages.map((language) => ({
      kind: 'advice' as const,
      words: `locales/${language}.json is missing`,
    })),
    ...(untouched
      ? [{ kind: 'error' as const, words: 'its migrations make tables and do not take them away' }]
      : []),
    ...((module.routes ?? []).length + (module.tasks ?? []).length === 0 && !module.start
      ? [{ kind: 'advice' as const, words: 'it does nothing: no routes, no tasks, no start' }]
      : []),
  ]
}
