/** Whose code is about to run, and for what. */
export interface Place {
  module: string
  /** For the operator: `GET /notices`, `task notice.mail`. */
  what: string
  /** Whether somebody waits for it, so that it must come to an end. Tasks have limits of their own. */
  isBounded: boolean
}

/** Stands between the framework and the code of modules, and knows whose fault something is. */
export interface Guard {
  /** Runs the code of a module; whoever calls gets its answer, or its error. */
  run<T>(place: Place, work: () => T | Promise<T>): T | Promise<T>
  /** Whether a fault that nobody caught came out of a module, which has been dealt with. */
  takes(fault: unknown): boolean
}

let current: Guard | null = null

/** Called once, where the process is put together. @returns what takes it back */
export function useGuard(guard: Guard): () => void {
  current = guard
  return () => {
    if (current === guard) current = null
  }
}

/** Runs the code of a module under the guard, where there is one. */
export const under = <T>(place: Place, work: () => T | Promise<T>): T | Promise<T> =>
  current ? current.run(place, work) : work()

/** Whether the process may go on after a fault that nobody caught. */
export const isTaken = (fault: unknown): boolean => current?.takes(fault) ?? false
