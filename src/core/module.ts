import type { ModelCtor } from 'sequelize-typescript'
import type { SettingGroup, Settings } from '../config/setting'
import type { Extension } from './extension-point'
import type { Listener } from './listener'
import type { AnyRoute } from './route'
import type { SocketHandler } from './socket'
import type { BoundTask } from './task'

/** What a module offers, listed by hand in its `index.ts`. */
export interface Module {
  /** kebab-case, unique. */
  name: string
  /** Of a plugin, what `plugin.json` says. */
  version?: string
  /** Names of modules that must be loaded before. A plugin says it in `plugin.json`. */
  requires?: string[]
  routes?: AnyRoute[]
  models?: ModelCtor[]
  tasks?: BoundTask[]
  sockets?: SocketHandler[]
  /** What it takes part in. */
  listeners?: Listener[]
  /** What it puts into extension points, of the core or of modules it requires: `point.filledBy(...)`. */
  extensions?: Extension[]
  /** Its own settings, for the reference and for checks; read them with `readSettings`. */
  settings?: SettingGroup<Settings>
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
  for (const m of modules) {
    for (const what of [`module name ${m.name}`, ...claimsOf(m)]) {
      const other = owners.get(what)
      if (other !== undefined) faults.push(`${what} is claimed by ${other} and by ${m.name}`)
      owners.set(what, m.name)
    }
  }
  return faults
}

/** What a module says is its own, in words; no other module may say the same, nor may it say it twice. */
export function claimsOf(m: Module): string[] {
  return [
    ...(m.routes ?? []).map((r) => `route ${r.method.toUpperCase()} ${shapeOf(r.path)}`),
    ...(m.routes ?? []).map((r) => `title "${r.title}" of module ${m.name}`),
    ...(m.models ?? []).map((model) => `model ${model.name}`),
    ...(m.tasks ?? []).map((bound) => `task ${bound.task.name}`),
    ...(m.sockets ?? []).map((socket) => `socket event ${socket.event}`),
    ...(m.extensions ?? []).map(({ point, name }) => `${point} ${name}`),
  ]
}

/** Two paths that differ only in the names of their parameters are the same path. */
const shapeOf = (path: string) => path.replace(/:[a-z_]+/g, ':')
