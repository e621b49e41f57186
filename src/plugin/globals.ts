/** Built-in objects whose change would reach into everything that runs in the process. */
const WATCHED: [string, object][] = [
  ['Object.prototype', Object.prototype],
  ['Array.prototype', Array.prototype],
  ['Function.prototype', Function.prototype],
  ['String.prototype', String.prototype],
  ['Number.prototype', Number.prototype],
  ['Promise.prototype', Promise.prototype],
  ['Map.prototype', Map.prototype],
  ['Set.prototype', Set.prototype],
  ['Date.prototype', Date.prototype],
  ['RegExp.prototype', RegExp.prototype],
  ['JSON', JSON],
  ['Math', Math],
  ['Object', Object],
  ['Reflect', Reflect],
]

type Members = Map<PropertyKey, PropertyDescriptor>

const membersOf = (target: object): Members =>
  new Map(Reflect.ownKeys(target).map((key) => [key, Reflect.getOwnPropertyDescriptor(target, key) ?? {}]))

/**
 * Notices what foreign code does to built-in objects and to the way out of the process while it is loaded, undoes it
 * and says so. A seat belt against mistakes: code that wants to do harm can do it later.
 */
export class GlobalsGuard {
  readonly #before = WATCHED.map(([name, target]) => ({ name, target, members: membersOf(target) }))
  readonly #exit = process.exit.bind(process)
  #isGuarding = true

  constructor() {
    process.exit = (code) => {
      if (!this.#isGuarding) this.#exit(code)
      throw new Error(`it calls process.exit(${code ?? ''}) while it is loaded`)
    }
  }

  /** Puts everything back. @throws naming what was changed */
  check(): void {
    this.#isGuarding = false
    process.exit = this.#exit
    const changed = this.#before.flatMap(({ name, target, members }) => restore(name, target, members))
    if (changed.length > 0) throw new Error(`it changes built-in objects: ${changed.join(', ')}`)
  }
}

function restore(name: string, target: object, before: Members): string[] {
  const changed: string[] = []
  for (const [key, now] of membersOf(target)) {
    const old = before.get(key)
    if (old && old.value === now.value && old.get === now.get && old.set === now.set) continue
    changed.push(`${name}.${String(key)}`)
    if (old) Reflect.defineProperty(target, key, old)
    else Reflect.deleteProperty(target, key)
  }
  return changed
}
