import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { filesOf, type Files } from './made'

/** A registry of npm packages on this machine, at an address that is known before any setting is read. */
export class Registry {
  readonly #packages = new Map<string, Map<string, { archive: Buffer; dist: object }>>()
  readonly #server: Server

  /** @param port free on this machine */
  constructor(private readonly port: number) {
    this.#server = createServer((request, response) => {
      const [, name = '', version] = decodeURIComponent(request.url ?? '').split(/\/(?=[^/]*$)|^\//)
      const found = this.#packages.get(name)
      if (version && found) return void response.end(found.get(version)?.archive)
      const versions = this.#packages.get(decodeURIComponent(request.url ?? '').slice(1))
      if (!versions) return void response.writeHead(404).end('{}')
      const known = [...versions].map(([number, { dist }]) => [number, { dist }])
      response.end(
        JSON.stringify({
          'dist-tags': { latest: known.at(-1)?.[0] },
          versions: Object.fromEntries(known) as object,
        }),
      )
    })
  }

  start(): Promise<void> {
    return new Promise((done) => this.#server.listen(this.port, '127.0.0.1', done))
  }

  stop(): Promise<void> {
    return new Promise((done) => this.#server.close(() => done()))
  }

  /** @param dist replaces what the registry says about the archive */
  publish(name: string, version: string, archive: Buffer, dist: object = {}): void {
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`
    const tarball = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}/${version}`
    const versions = this.#packages.get(name) ?? new Map<string, { archive: Buffer; dist: object }>()
    versions.set(version, { archive, dist: { tarball, integrity, ...dist } })
    this.#packages.set(name, versions)
  }
}

type Entry = [name: string, content: string | Buffer, type?: 'symlink' | 'link' | 'character-device']

/** What `npm pack` makes, with entries as they are given, however wrong. */
export async function rawTgz(entries: Entry[]): Promise<Buffer> {
  const tar = pack()
  for (const [name, content, type] of entries)
    if (type) tar.entry({ name, type, linkname: String(content) })
    else tar.entry({ name }, Buffer.from(content))
  tar.finalize()
  return gzipSync(await buffer(tar))
}

/** The smallest plugin that works, as `npm pack` makes it. */
export const tgzOf = (name: string, files: Files = {}): Promise<Buffer> =>
  rawTgz(Object.entries(filesOf(name, files)).map(([file, text]) => [`package/${file}`, text]))
