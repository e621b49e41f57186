import satisfies from 'semver/functions/satisfies'
import { requirementsOf, type Manifest } from './manifest'
import type { Found } from './discover'

/** A plugin that can be loaded as far as its manifest goes. */
export interface Loadable extends Found {
  manifest: Manifest
}

export interface House {
  /** Version of Steward. */
  version: string
  database: string
}

export interface Ordered {
  /** Each after what it requires. */
  sorted: Loadable[]
  /** Why the others are set aside, by name. */
  faults: Map<string, string>
}

/** Sorts plugins by their requirements, and sets aside what cannot be satisfied and what needs that. */
export function inLoadOrder(found: Found[], house: House): Ordered {
  const faults = new Map<string, string>()
  for (const one of found) {
    const reason = one.problems[0] ?? (one.manifest ? misfit(one.manifest, house) : null)
    if (reason) faults.set(one.name, one.problems.length > 1 ? one.problems.join('; ') : reason)
  }
  const good = found.filter((one): one is Loadable => one.manifest !== null && !faults.has(one.name))
  const sorted: Loadable[] = []
  for (const one of good) visit(one, [], { good, sorted, faults })
  return { sorted: sorted.filter(({ name }) => !faults.has(name)), faults }
}

function misfit({ plugin, requires }: Manifest, { version, database }: House): string | null {
  if (!satisfies(version, requires.steward))
    return `it is made for Steward ${requires.steward}, and this is ${version}: install a version of it that fits`
  if (!plugin.database.some((name) => name === database))
    return `it does not work on ${database}, only on ${plugin.database.join(' and ')}`
  return null
}

interface Visit {
  good: Loadable[]
  sorted: Loadable[]
  faults: Map<string, string>
}

function visit(one: Loadable, path: string[], at: Visit): void {
  const { good, sorted, faults } = at
  if (sorted.includes(one) || faults.has(one.name)) return
  const start = path.indexOf(one.name)
  if (start >= 0) {
    const circle = path.slice(start)
    for (const name of circle)
      faults.set(name, `it is part of a circle: ${[...circle, one.name].join(' requires ')}`)
    return
  }
  for (const [name, range] of requirementsOf(one.manifest)) {
    const needed = good.find((other) => other.name === name)
    if (needed) visit(needed, [...path, one.name], at)
    const reason = lacking(name, range, needed, faults)
    if (reason && !faults.has(one.name)) faults.set(one.name, reason)
  }
  if (!faults.has(one.name)) sorted.push(one)
}

function lacking(
  name: string,
  range: string,
  needed: Loadable | undefined,
  faults: Map<string, string>,
): string | null {
  if (faults.has(name)) return `it requires ${name}, which is set aside`
  if (!needed) return `it requires ${name}, which is not installed: install it first`
  const { version } = needed.manifest.plugin
  return satisfies(version, range)
    ? null
    : `it requires ${name} ${range}, and version ${version} is installed`
}
