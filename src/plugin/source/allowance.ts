import { badRequest } from '../../common/errors'
import { PACKAGES } from '../archive'

/** A plugin is text; what is larger than this is something else. */
const OWN = { files: 2000, bytes: 50 * 1024 * 1024 }
/** With the packages that live with it. */
const ALL = { files: 20_000, bytes: 200 * 1024 * 1024 }
const MOST_PER_FILE = 10 * 1024 * 1024

/** What every entry may need beside its content, and the padding of it. */
const PER_ENTRY = 4096

/** More cannot come out of an archive, whatever it holds. */
export const MOST_UNPACKED = ALL.bytes + ALL.files * PER_ENTRY

/** Counts what comes out of one archive, and looks at its names. */
export class Allowance {
  readonly #own = { files: 0, bytes: 0 }
  readonly #all = { files: 0, bytes: 0 }
  readonly #names = new Set<string>()

  /** @param name of the entry, from the root of the archive. @throws 400 `plugin.zip_content`, `plugin.zip_too_large` */
  take(name: string, size: number): void {
    const parts = name.split('/')
    if (
      /\\|\p{Cc}/u.test(name) ||
      parts[0] === '' ||
      parts.some((part) => NEVER.has(part)) ||
      !this.#isNew(name)
    )
      throw badRequest('plugin.zip_content')
    const isOwn = parts[1] !== PACKAGES
    if (size > MOST_PER_FILE || isOver(this.#all, ALL, size) || (isOwn && isOver(this.#own, OWN, size)))
      throw badRequest('plugin.zip_too_large')
  }

  /** Two names that some disks hold to be one would overwrite each other there. */
  #isNew(name: string): boolean {
    return this.#names.size < this.#names.add(name.normalize('NFC').toLowerCase()).size
  }
}

const NEVER = new Set(['.', '..', '.git'])

interface Count {
  files: number
  bytes: number
}

function isOver(count: Count, most: Count, size: number): boolean {
  count.files += 1
  count.bytes += size
  return count.files > most.files || count.bytes > most.bytes
}
