import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { AppError, badRequest } from '../../common/errors'
import { Allowance } from './allowance'

const S_IFMT = 0o170000
const S_IFLNK = 0o120000

/**
 * Unpacks an archive below a folder that is there. Nothing is written before every entry is found to be harmless: no
 * links, no way out of the folder, no encryption, no more than a plugin needs.
 * @returns the one folder that everything lies in
 * @throws 400 `plugin.zip_format`, `plugin.zip_content`, `plugin.zip_too_large`
 */
export async function unzip(file: string, target: string): Promise<string> {
  const root = await rootOf(file)
  await reading(file, async (zip) => {
    for await (const entry of zip.eachEntry())
      if (!entry.fileName.endsWith('/')) await extract(zip, entry, target)
  })
  return join(target, root)
}

/** Looks at everything; nothing of the archive is kept, which may have very many entries. */
async function rootOf(file: string): Promise<string> {
  const allowance = new Allowance()
  let root: string | undefined
  await reading(file, async (zip) => {
    for await (const entry of zip.eachEntry()) {
      root ??= entry.fileName.split('/')[0] ?? ''
      if (!isHarmless(entry) || !entry.fileName.startsWith(`${root}/`)) throw wrongContent()
      allowance.take(entry.fileName, entry.uncompressedSize)
    }
  })
  if (!root) throw wrongContent()
  return root
}

/** `..` and absolute paths are refused by the reader itself. */
const isHarmless = (entry: Entry): boolean =>
  ((entry.externalFileAttributes >>> 16) & S_IFMT) !== S_IFLNK && !entry.isEncrypted()

async function extract(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  const path = join(target, entry.fileName)
  await mkdir(dirname(path), { recursive: true })
  // The reader ends the stream where an entry is larger than it says.
  await pipeline(
    await zip.openReadStreamPromise(entry),
    createWriteStream(path, { flags: 'wx', mode: 0o644 }),
  )
}

async function reading(file: string, work: (zip: ZipFile) => Promise<void>): Promise<void> {
  const zip = await openPromise(file, { strictFileNames: true }).catch((cause: unknown) => {
    throw wrongFormat(cause)
  })
  try {
    await work(zip)
  } catch (error) {
    throw error instanceof AppError ? error : wrongContent(error)
  } finally {
    zip.close()
  }
}

const wrongFormat = (cause?: unknown) => Object.assign(badRequest('plugin.zip_format'), { cause })
const wrongContent = (cause?: unknown) => Object.assign(badRequest('plugin.zip_content'), { cause })
