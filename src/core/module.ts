import type { ModelCtor } from 'sequelize-typescript'
import type { AnyRoute } from './route'
import type { SocketHandler } from './socket'
import type { BoundTask } from './task'

/** What a module offers, listed by hand in its `index.ts`. */
export interface Module {
  /** kebab-case, unique. */
  name: string
  version: string
  /** Names of modules that must be loaded before. */
  requires?: string[]
  routes?: AnyRoute[]
  models?: ModelCtor[]
  tasks?: BoundTask[]
  sockets?: SocketHandler[]
  /** Runs once after the models are bound, before the first request; undone by what it returns. */
  start?(): Promise<void | (() => Promise<void>)>
}

/** Declares a module; the door calls it `module`, a name that CommonJS takes for itself in here. */
export const declareModule = (declaration: Module): Module => declaration

/** Sorts modules so that each comes after what it requires. @throws naming every fault at once */
export function inOrder(modules: Module[]): Module[] {
  const faults = [...unknownRequirements(modules), ...clashes(modules)]
  const sorted: Module[] = []
  const visit = (one: Module, path: string[]) => {
    if (sorted.includes(one)) return
    if (path.includes(one.name)) {
      faults.push(`modules require each other: ${[...path, one.name].join(' → ')}`)
      return
    }
    for (const name of one.requires ?? []) {
      const needed = modules.find((m) => m.name === name)
      if (needed) visit(needed, [...path, one.name])
    }
    sorted.push(one)
  }
  for (const one of modules) visit(one, [])
  if (faults.length > 0) throw new Error(`modules cannot be loaded:\n- ${[...new Set(faults)].join('\n- ')}`)
  return sorted
}

function unknownRequirements(modules: Module[]): string[] {
  const names = new Set(modules.map((m) => m.name))
  return modules.flatMap((m) =>
    (m.requires ?? [])
      .filter((name) => !names.has(name))
      .map((name) => `${m.name} requires ${name}, which is not there`),
  )
}

function clashes(modules: Module[]): string[] {
  const owners = new Map<string, string>()
  const faults: string[] = []
  const claim = (what: string, owner: string) => {
    const other = owners.get(what)
    if (other !== undefined) faults.push(`${what} is claimed by ${other} and by ${owner}`)
    owners.set(what, owner)
  }
  for (const m of modules) {
    claim(`module name ${m.name}`, m.name)
    for (const r of m.routes ?? []) claim(`route ${r.method.toUpperCase()} ${shapeOf(r.path)}`, m.name)
    for (const title of titlesOf(m)) claim(`title "${title}" of module ${m.name}`, m.name)
    for (const model of m.models ?? []) claim(`model ${model.name}`, m.name)
    for (const bound of m.tasks ?? []) claim(`task ${bound.task.name}`, m.name)
  }
  return faults
}

const titlesOf = (m: Module) => (m.routes ?? []).map((r) => r.title)

/** Two paths that differ only in the names of their parameters are the same path. */
const shapeOf = (path: string) => path.replace(/:[a-z_]+/g, ':')
