import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Extract } from 'tar-stream'
import { AppError, badRequest } from '../../common/errors'
import { Allowance, MOST_UNPACKED } from './allowance'

const FILES = new Set(['file', 'contiguous-file'])

/**
 * Unpacks a `.tgz` below a folder that is there, by the rules of `unzip`. What was written before a fault is found
 * stays: the caller takes the folder away.
 * @returns the one folder that everything lies in
 * @throws 400 `plugin.zip_content`, `plugin.zip_too_large`
 */
export async function untar(file: string, target: string): Promise<string> {
  const entries = extract()
  const [fed, root] = await Promise.allSettled([
    pipeline(createReadStream(file), createGunzip(), atMost(MOST_UNPACKED), entries),
    write(entries, target),
  ])
  for (const one of [root, fed])
    if (one.status === 'rejected') throw asRefusal(fed.status === 'rejected' ? fed.reason : null, one.reason)
  return join(target, root.status === 'fulfilled' ? root.value : '')
}

async function write(entries: Extract, target: string): Promise<string> {
  const allowance = new Allowance()
  let root: string | undefined
  for await (const entry of entries) {
    const { name, type, size = 0 } = entry.header
    root ??= name.split('/')[0] ?? ''
    if (!name.startsWith(`${root}/`)) throw badRequest('plugin.zip_content')
    allowance.take(name, size)
    if (FILES.has(type ?? '')) await keep(entry, join(target, name))
    else if (type === 'directory') entry.resume()
    else throw badRequest('plugin.zip_content') // a link, a device
  }
  if (!root) throw badRequest('plugin.zip_content')
  return root
}

async function keep(entry: AsyncIterable<unknown>, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await pipeline(entry, createWriteStream(path, { flags: 'wx', mode: 0o644 }))
}

/** Headers are held in memory and told by no size, so that what the archive becomes is counted too. */
function atMost(bytes: number): Transform {
  let left = bytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length
      done(left < 0 ? badRequest('plugin.zip_too_large') : null, chunk)
    },
  })
}

/** One end of the pipe fails because the other did: what says why comes first. */
function asRefusal(...causes: unknown[]): AppError {
  const ours = causes.find((cause): cause is AppError => cause instanceof AppError)
  return ours ?? Object.assign(badRequest('plugin.zip_content'), { cause: causes.find(Boolean) })
}
