import { env } from '../config/env'
import { claimsOf, type Module } from '../core/module'
import { permissionsOf } from '../core/permissions'
import { tableOf } from '../infra/base-model'
import type { Code } from './code'
import { trespasses } from './inventory'
import { requirementsOf, type Manifest } from './manifest'
import { keysOf, keysOfCore } from './words'

/**
 * Who owns which address, table, task, permission code and word. The core has everything it needs before the first
 * plugin comes; among plugins, the one that is loaded first keeps what two of them want.
 */
export class Claims {
  readonly #owners = new Map<string, string>()

  constructor(core: Module[]) {
    this.#note('core', ['table sys_migration', 'table sys_lock', ...Object.keys(env).map(settingOf)])
    for (const one of core) this.#note(one.name, [...claimsOf(one), ...tablesOf(one), ...codesOf(one)])
  }

  /** Takes everything a plugin brings, or nothing. @returns why not */
  take(manifest: Manifest, code: Code): string | null {
    const { name } = manifest.plugin
    this.release(name)
    const required = requirementsOf(manifest)
    const tables = new Set([
      ...tablesOf(code.module),
      ...code.inventory.tables.map((table) => `table ${table}`),
    ])
    const settings = Object.keys(code.module.settings?.settings ?? {}).map(settingOf)
    const claims = [...claimsOf(code.module), ...tables, ...wordsOf(code), ...settings]
    const problem =
      claims.map((what, at) => this.#problem(name, what, claims.indexOf(what) !== at)).find(Boolean) ??
      this.#borrowed(manifest, code.module) ??
      hidden(code)
    if (problem) return problem
    const [strange] = trespasses(code.inventory, (table) =>
      required.has(this.#owners.get(`table ${table}`) ?? ''),
    )
    if (strange !== undefined) return `its migrations change table ${strange}, which is not its own`
    this.#note(name, [...claims, ...codesOf(code.module)])
    return null
  }

  /** A default in the manifest that is for a setting of somebody else. @returns what is wrong */
  foreignSetting({ plugin, settings = {} }: Manifest): string | null {
    for (const key of Object.keys(settings)) {
      const problem = this.#problem(plugin.name, settingOf(key), false)
      if (problem) return problem
    }
    return null
  }

  release(name: string): void {
    for (const [what, owner] of this.#owners) if (owner === name) this.#owners.delete(what)
  }

  #note(owner: string, claims: string[]): void {
    for (const what of claims) if (!this.#owners.has(what)) this.#owners.set(what, owner)
  }

  #problem(name: string, what: string, isTwice: boolean): string | null {
    if (isTwice) return `it has ${what} twice`
    const owner = this.#owners.get(what)
    return owner === undefined || owner === name ? null : `${what} belongs to ${owner} already`
  }

  /** The code of another module opens more than its owner says; of a plugin that is required, it is meant so. */
  #borrowed(manifest: Manifest, module: Module): string | null {
    const required = requirementsOf(manifest)
    for (const what of codesOf(module)) {
      const owner = this.#owners.get(what)
      if (owner !== undefined && owner !== module.name && !required.has(owner))
        return `${what} belongs to ${owner} already`
    }
    return null
  }
}

const settingOf = (key: string) => `setting ${key}`
const tablesOf = (one: Module) => (one.models ?? []).map((model) => `table ${tableOf(model)}`)
const codesOf = (one: Module) => permissionsOf([one]).map(({ code }) => `permission code ${code}`)
const wordsOf = ({ locales }: Code) => keysOf(locales).map((key) => `word ${key}`)

function hidden({ locales }: Code): string | null {
  const [key] = keysOfCore(locales)
  return key === undefined ? null : `word ${key} belongs to core already`
}
