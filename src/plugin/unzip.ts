import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { badRequest, type AppError } from '../common/errors'

/** A plugin is text; what is larger than this is something else. */
const MOST_FILES = 2000
const MOST_BYTES = 50 * 1024 * 1024
const MOST_PER_FILE = 10 * 1024 * 1024

const S_IFMT = 0o170000
const S_IFLNK = 0o120000

/**
 * Unpacks an archive below a folder that is there. Nothing is written before every entry is found to be harmless: no
 * links, no way out of the folder, no encryption, no more than a plugin needs.
 * @returns the one folder that everything lies in
 * @throws 400 `plugin.zip_format`, `plugin.zip_content`, `plugin.zip_too_large`
 */
export async function unzip(file: string, target: string): Promise<string> {
  const entries = await entriesOf(file)
  const root = entries[0]?.fileName.split('/')[0] ?? ''
  if (root === '' || !entries.every((entry) => entry.fileName.startsWith(`${root}/`))) throw wrongContent()
  await reading(file, async (zip) => {
    for await (const entry of zip.eachEntry())
      if (!entry.fileName.endsWith('/')) await extract(zip, entry, target)
  })
  return join(target, root)
}

async function entriesOf(file: string): Promise<Entry[]> {
  const entries: Entry[] = []
  let bytes = 0
  await reading(file, async (zip) => {
    for await (const entry of zip.eachEntry()) {
      if (!isHarmless(entry)) throw wrongContent()
      bytes += entry.uncompressedSize
      if (bytes > MOST_BYTES || entry.uncompressedSize > MOST_PER_FILE || entries.length >= MOST_FILES)
        throw badRequest('plugin.zip_too_large')
      entries.push(entry)
    }
  })
  return entries
}

/** `..` and absolute paths are refused by the reader itself. */
function isHarmless(entry: Entry): boolean {
  const mode = (entry.externalFileAttributes >>> 16) & S_IFMT
  const parts = entry.fileName.split('/')
  return mode !== S_IFLNK && !entry.isEncrypted() && !parts.includes('..') && !parts.includes('.git')
}

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
    throw isOurs(error) ? error : wrongContent(error)
  } finally {
    zip.close()
  }
}

const isOurs = (error: unknown): error is AppError => error instanceof Error && error.name === 'AppError'
const wrongFormat = (cause?: unknown) => Object.assign(badRequest('plugin.zip_format'), { cause })
const wrongContent = (cause?: unknown) => Object.assign(badRequest('plugin.zip_content'), { cause })
