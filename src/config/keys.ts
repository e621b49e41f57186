import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { env } from './env'
import { SettingsError } from './parse'

/** A key for secrets that are stored, such as the password of a mail server. */
export interface DataKey {
  /** Stands in front of what was encrypted with it. */
  id: string
  /** 32 bytes. */
  key: Buffer
}

export interface Keys {
  /** Signs tokens. */
  tokenSecret: string
  /** The first encrypts, all decrypt. */
  dataKeys: DataKey[]
}

const FILE = 'keys.json'
const keyFile = z.object({
  token_secret: z.string().min(32),
  data_keys: z
    .array(
      z.object({
        id: z.string().regex(/^[\w-]+$/),
        key: z.base64().refine((text) => bytes(text).length === 32),
      }),
    )
    .min(1),
})
type KeyFile = z.infer<typeof keyFile>

interface Given {
  tokenSecret: string | null
  dataKeys: readonly string[] | null
}

/**
 * The keys of this installation: those given as settings, else those in the data folder, where the first start makes
 * them. Any number of processes may start at once: all end up with the same keys.
 * @throws SettingsError when the key file is damaged or the folder cannot be written
 */
export async function loadKeys(
  dataDir: string,
  given: Given = { tokenSecret: env.TOKEN_SECRET_KEY, dataKeys: env.DATA_ENCRYPTION_KEYS },
): Promise<Keys> {
  const { tokenSecret, dataKeys } = given
  if (tokenSecret !== null && dataKeys !== null) return { tokenSecret, dataKeys: dataKeys.map(parseGiven) }
  const stored = (await readKeys(dataDir)) ?? (await createKeys(dataDir))
  return {
    tokenSecret: tokenSecret ?? stored.token_secret,
    dataKeys: dataKeys?.map(parseGiven) ?? stored.data_keys.map(({ id, key }) => ({ id, key: bytes(key) })),
  }
}

/**
 * Puts a new data key in front of the others, for secrets that are stored from the next start on.
 * @returns the id of the new key
 * @throws SettingsError when the keys are damaged, or another rotation is under way
 */
export async function rotateDataKey(dataDir: string): Promise<string> {
  const next = join(dataDir, `${FILE}.new`)
  const handle = await withHint(dataDir, () => open(next, 'wx', 0o600)) // keeps a second rotation out
  try {
    const stored = (await readKeys(dataDir)) ?? (await createKeys(dataDir))
    const added = newDataKey()
    await writeOut(handle, { ...stored, data_keys: [added, ...stored.data_keys] })
    await rename(next, join(dataDir, FILE))
    await syncFolder(dataDir)
    return added.id
  } finally {
    await handle.close()
    await rm(next, { force: true })
  }
}

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')

/** `id:base64`, as checked by the settings. */
function parseGiven(text: string): DataKey {
  const colon = text.indexOf(':')
  return { id: text.slice(0, colon), key: bytes(text.slice(colon + 1)) }
}

function newDataKey(): KeyFile['data_keys'][number] {
  return { id: randomBytes(4).toString('hex'), key: randomBytes(32).toString('base64') }
}

async function readKeys(dataDir: string): Promise<KeyFile | null> {
  const text = await readFile(join(dataDir, FILE), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw refuse(`holds a ${FILE} that cannot be read: ${String(error)}`)
  })
  if (text === null) return null
  const parsed = keyFile.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw refuse(
    `holds a damaged ${FILE}: restore it from a backup, without it stored secrets cannot be read any more`,
  )
}

/** Writes the file aside and links it into place: a link fails when somebody else was first, and nobody sees half a file. */
async function createKeys(dataDir: string): Promise<KeyFile> {
  const keys = { token_secret: randomBytes(48).toString('base64'), data_keys: [newDataKey()] }
  const aside = join(dataDir, `${FILE}.${process.pid}.${randomBytes(4).toString('hex')}`)
  return withHint(dataDir, async () => {
    await mkdir(dataDir, { recursive: true })
    try {
      const handle = await open(aside, 'wx', 0o600)
      await writeOut(handle, keys).finally(() => handle.close())
      await link(aside, join(dataDir, FILE))
      await syncFolder(dataDir)
      return keys
    } catch (error) {
      const winner = codeOf(error) === 'EEXIST' ? await readKeys(dataDir) : null
      if (winner === null) throw error
      return winner
    } finally {
      await rm(aside, { force: true })
    }
  })
}

/** Writes the keys into a new file that only its owner may read, and waits until they are on the disk. */
async function writeOut(handle: FileHandle, keys: KeyFile): Promise<void> {
  await handle.chmod(0o600) // whatever the umask says
  await handle.writeFile(JSON.stringify(keys, null, 2))
  await handle.sync()
}

/** A new name is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function withHint<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SettingsError) throw error
    const isRotating = codeOf(error) === 'EEXIST'
    const hint = isRotating
      ? `is having its keys rotated already (if not, a rotation was cut off: remove ${FILE}.new in it)`
      : `cannot be written (${JSON.stringify(dataDir)}): ${String(error)}`
    throw refuse(hint)
  }
}

const refuse = (problem: string): SettingsError =>
  new SettingsError([{ name: 'DATA_DIR', problem, example: 'DATA_DIR=./data' }])

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // reported as damaged, like any other wrong content
  }
}
