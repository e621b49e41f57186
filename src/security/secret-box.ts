import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { DataKey } from '../config/keys'

const VERSION = 'sb1'
const IV_BYTES = 12
const TAG_BYTES = 16

/** A sealed text that cannot be opened: changed, moved to another place, or sealed with a key that is gone. */
export class SecretBoxError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`cannot open a stored secret: ${reason}`, { cause })
    this.name = 'SecretBoxError'
  }
}

/**
 * Encrypts third-party secrets for the database (AES-256-GCM).
 * A sealed text is `sb1.<key id>.<iv>.<content and tag>`; it opens only in the context it was sealed for.
 */
export class SecretBox {
  readonly #keys: Map<string, Buffer>
  readonly #current: DataKey

  /** @param keys the first seals, all open */
  constructor(keys: readonly DataKey[]) {
    const [first] = keys
    if (first === undefined) throw new RangeError('a key is needed')
    if (keys.some(({ key }) => key.length !== 32)) throw new RangeError('a key has 32 bytes')
    this.#current = first
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]))
  }

  /** @param context where the text belongs, e.g. `sys_config.value:42`; a copy elsewhere cannot be opened */
  seal(text: string, context: string): string {
    const { id, key } = this.#current
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(binding(id, context))
    const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return [VERSION, id, iv.toString('base64url'), content.toString('base64url')].join('.')
  }

  /** @throws SecretBoxError */
  open(sealed: string, context: string): string {
    const [version, id = '', iv = '', content = '', ...rest] = sealed.split('.')
    if (version !== VERSION || rest.length > 0) throw new SecretBoxError('it is not a sealed text')
    const key = this.#keys.get(id)
    if (key === undefined)
      throw new SecretBoxError(`its key ${JSON.stringify(id)} is not among the keys of this installation`)
    const bytes = Buffer.from(content, 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(binding(id, context)).setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      )
    } catch (error) {
      throw new SecretBoxError('it was changed, or belongs to another place', error)
    }
  }

  /** Whether a text looks sealed, and not like a secret that was stored in the open before. */
  static isSealed(text: string): boolean {
    return /^sb1\.[\w-]+\.[\w-]{16}\.[\w-]{22,}$/.test(text)
  }

  /** Whether a text was sealed with an older key and should be sealed anew. */
  isOutdated(sealed: string): boolean {
    return sealed.split('.')[1] !== this.#current.id
  }
}

const binding = (id: string, context: string): Buffer => Buffer.from(`${VERSION}.${id}.${context}`)
