import type { Module } from './module'

/** One permission code with everything it opens. */
export interface Permission {
  code: string
  /** Names of the modules whose routes ask for it. */
  modules: string[]
  /** What a holder may do: titles of the routes, in order of declaration. */
  titles: string[]
}

const LEVELS = new Set(['public', 'signed_in', 'super_user'])

/** Whether an access is a permission code (and not a level everybody or nobody can be given). */
export const isPermissionCode = (access: string): boolean => !LEVELS.has(access)

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** The catalogue of permission codes, sorted by code: the routes (with sockets and extensions) are its only source. */
export function permissionsOf(modules: Module[]): Permission[] {
  const found = new Map<string, Permission>()
  for (const one of modules) {
    const openings = [
      ...(one.routes ?? []).map(({ access, title }) => ({ access, title })),
      ...(one.sockets ?? []).map(({ access, event }) => ({ access, title: `Socket event ${event}` })),
      ...(one.extensions ?? []).flatMap(({ access, point, name }) =>
        access === undefined ? [] : [{ access, title: `${sentence(point)} ${name}` }],
      ),
    ]
    for (const { access, title } of openings.filter((opening) => isPermissionCode(opening.access))) {
      const known = found.get(access) ?? { code: access, modules: [], titles: [] }
      found.set(access, {
        code: access,
        modules: [...new Set([...known.modules, one.name])],
        titles: [...known.titles, title],
      })
    }
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}
