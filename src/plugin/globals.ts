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

/**
 * Notices what foreign code does to built-in objects and to the way out of the process while it is loaded, undoes it
 * and says so. A seat belt against mistakes: code that wants to do harm can do it later.
 * @throws naming what was changed, or what the code throws
 */
export function guarded<T>(load: () => T): T {
  const before: Members[] = WATCHED.map(([name, target]) => membersOf(name, target))
  const exit = Reflect.get(process, 'exit')
  process.exit = (code) => {
    throw new Error(`it calls process.exit(${code ?? ''}) while it is loaded`)
  }
  try {
    return load()
  } finally {
    process.exit = exit
    complain(restoreAll(before))
  }
}

function complain(changed: string): void {
  if (changed !== '') throw new Error(`it changes built-in objects: ${changed}`)
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
