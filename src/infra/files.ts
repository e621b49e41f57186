import { randomBytes } from 'node:crypto'
import { chmod, copyFile, link, mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { env } from '../config/env'

/** The address on this site of a file that was uploaded. */
export const uploadAddress = (name: string): string => `/static/upload/${encodeURIComponent(name)}`

/** Files in a folder that is served at `/static/upload`. A file is there whole or not at all, and none is replaced. */
class LocalFiles {
  readonly name = 'disk'

  constructor(private readonly folder: string) {}

  /** Takes a finished file over. @param name a plain file name that no other file has yet @returns its address */
  async keep(source: string, name: string): Promise<string> {
    if (name !== path.basename(name) || name.startsWith('.')) throw new Error(`no plain file name: ${name}`)
    await mkdir(this.folder, { recursive: true })
    // Hidden files are not served, so nobody meets half a file.
    const part = path.join(this.folder, `.${randomBytes(8).toString('hex')}.part`)
    try {
      await copyFile(source, part)
      await chmod(part, 0o644)
      await flush(part)
      await link(part, path.join(this.folder, name))
    } finally {
      await rm(part, { force: true })
    }
    return uploadAddress(name)
  }
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const localFiles = new LocalFiles(path.resolve(env.UPLOAD_DIR))

/** The first bytes of a file. */
export async function readHead(file: string, bytes: number): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
