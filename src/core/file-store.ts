import type { Readable } from 'node:stream'
import { liveEnv } from '../config/live'
import { unavailable } from '../common/errors'
import { within } from '../utils/within'
import { ExtensionPoint, type Extending } from './extension-point'

/** A kept file on its way out. */
export interface StoredFile {
  body: Readable
  /** Bytes. */
  size: number
  /** When it was kept, where the store knows. */
  changed?: Date
}

/** Where uploaded files are kept for good. UPLOAD_STORE names the one that takes new ones. */
export interface FileStore extends Extending {
  /**
   * Takes a finished file over; its source may then be deleted.
   * @param source path of the file
   * @param name a plain file name that no other file has yet
   * @returns its address: `uploadAddress(name)` where `read` finds it, else one that browsers can reach
   */
  keep(source: string, name: string): Promise<string>
  /** Finds a kept file, null where there is none. Left out where browsers fetch files elsewhere. */
  read?(name: string): Promise<StoredFile | null>
}

/** Where plugins put their stores; the core has `disk`. */
export const fileStores = new ExtensionPoint<FileStore>('file store')

const KEEP_MS = 120_000
const READ_MS = 10_000

/** The store for new files. @throws 503 `file.store_missing` where no module that works brings it */
export async function chosenFileStore(): Promise<FileStore> {
  const { UPLOAD_STORE: name } = await liveEnv()
  const store = fileStores.named(name)
  if (!store) throw unavailable('file.store_missing')
  return store
}

/** Keeps a file in the chosen store. @returns its address @throws 503; what went wrong there, or that it took too long */
export async function keepFile(source: string, name: string): Promise<string> {
  const store = await chosenFileStore()
  return within(KEEP_MS, store.keep(source, name), `${store.name} did not keep a file`)
}

/** Finds a file in the chosen store. @throws 503 where that is not there or does not answer */
export async function readFile(name: string): Promise<StoredFile | null> {
  const store = await chosenFileStore()
  if (!store.read) return null
  try {
    return await within(READ_MS, store.read(name), `${store.name} did not answer`)
  } catch (error) {
    throw unavailable('file.store_failed', error)
  }
}
