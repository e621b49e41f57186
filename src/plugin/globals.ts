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
  ['Promise', Promise],
  ['Array', Array],
  ['Symbol', Symbol],
  ['Error.prototype', Error.prototype],
  ['Object', Object],
  ['Reflect', Reflect],
]

// Kept from before: what is watched must not be needed for watching. For the same reason there are only plain loops here.
const { ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty } = Reflect

interface Members {
  name: string
  target: object
  keys: PropertyKey[]
  descriptors: (PropertyDescriptor | undefined)[]
}

function membersOf(name: string, target: object): Members {
  const keys = ownKeys(target)
  const descriptors: Members['descriptors'] = []
  for (let at = 0; at < keys.length; at += 1)
    descriptors[at] = getOwnPropertyDescriptor(target, keys[at] ?? '')
  return { name, target, keys, descriptors }
}

/** Ways in which a process hears of its faults and its end: there is one who listens, and that is not a plugin. */
const EVENTS = ['uncaughtException', 'unhandledRejection', 'SIGTERM', 'SIGINT'] as const

/**
 * Notices what foreign code does to built-in objects and to the process until what is returned is called, which undoes
 * it. A seat belt against mistakes: code that wants to do harm can do it later.
 * @returns what throws, naming what was changed
 */
export function watchGlobals(): () => void {
  const before: Members[] = WATCHED.map(([name, target]) => membersOf(name, target))
  const values = valuesOf(globalThis)
  const listeners = EVENTS.map((event) => process.listeners(event as 'SIGTERM'))
  return () => {
    // First of all, with nothing but plain loops: what comes after needs whole built-in objects.
    const members = restoreAll(before)
    const changed = [members, restoreValues(values)].filter((part) => part !== '').join(', ')
    const heard = EVENTS.filter((event, at) => dismiss(event, listeners[at] ?? []))
    if (changed !== '') throw new Error(`it changes built-in objects: ${changed}`)
    if (heard.length > 0) throw new Error(`it listens to ${heard.join(' and ')} of the process`)
  }
}

/** The same while a file is loaded; there is no way out of the process, either. */
export function guarded<T>(load: () => T): T {
  const end = watchGlobals()
  const exit = Reflect.get(process, 'exit')
  process.exit = (code) => {
    throw new Error(`it calls process.exit(${code ?? ''}) while it is loaded`)
  }
  try {
    return load()
  } finally {
    process.exit = exit
    end()
  }
}

/** @returns whether somebody has begun to listen */
function dismiss(event: (typeof EVENTS)[number], before: unknown[]): boolean {
  const added = process.listeners(event as 'SIGTERM').filter((one) => !before.includes(one))
  for (const one of added) process.off(event, one as () => void)
  return added.length > 0
}

/** What is there by value; many others are filled in by Node itself when they are first used. */
function valuesOf(target: object): Map<PropertyKey, PropertyDescriptor> {
  const found = new Map<PropertyKey, PropertyDescriptor>()
  for (const key of ownKeys(target)) {
    const one = getOwnPropertyDescriptor(target, key)
    if (typeof one?.value === 'function' || one?.value === JSON) found.set(key, one)
  }
  return found
}

/** @returns the names of what was replaced */
function restoreValues(values: Map<PropertyKey, PropertyDescriptor>): string {
  let changed = ''
  values.forEach((old, key) => {
    if (getOwnPropertyDescriptor(globalThis, key)?.value === old.value) return
    changed += `${changed === '' ? '' : ', '}globalThis.${String(key)}`
    defineProperty(globalThis, key, old)
  })
  return changed
}

/** @returns the names of what was changed */
function restoreAll(before: Members[]): string {
  let changed = ''
  for (let at = 0; at < before.length; at += 1) {
    const one = before[at]
    const found = one ? restore(one) : ''
    if (found !== '') changed += (changed === '' ? '' : ', ') + found
  }
  return changed
}

function restore({ name, target, keys, descriptors }: Members): string {
  let changed = ''
  const note = (key: PropertyKey) => {
    changed += `${changed === '' ? '' : ', '}${name}.${String(key)}`
  }
  const now = ownKeys(target)
  for (let at = 0; at < now.length; at += 1) {
    const key = now[at] ?? ''
    if (isOneOf(keys, key)) continue
    note(key)
    deleteProperty(target, key)
  }
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? ''
    const old = descriptors[at]
    if (!old || isSame(old, getOwnPropertyDescriptor(target, key))) continue
    note(key)
    defineProperty(target, key, old)
  }
  return changed
}

function isOneOf(keys: PropertyKey[], wanted: PropertyKey): boolean {
  for (let at = 0; at < keys.length; at += 1) if (keys[at] === wanted) return true
  return false
}

const isSame = (old: PropertyDescriptor, now: PropertyDescriptor | undefined): boolean =>
  now !== undefined && old.value === now.value && old.get === now.get && old.set === now.set
