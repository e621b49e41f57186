import { existsSync, readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { loader, requestKey, runModule, type Index, type Span } from './format'

/**
 * Preloaded into the processes that tests start: what one of them has found, read and compiled (see `write.ts`), the
 * others take from there. A third of the time of a start is finding and compiling the same fifteen hundred files.
 */
function readPack(file: string): void {
  const bytes = readFileSync(file)
  const start = 4 + bytes.readUInt32LE(0)
  const index = JSON.parse(bytes.toString('utf8', 4, start)) as Index
  const modules = new Map(Object.entries(index.modules))
  const paths = new Map(Object.entries(index.paths))
  const part = ([from, length]: Span) => bytes.subarray(start + from, start + from + length)

  const { _resolveFilename: resolve } = loader
  loader._resolveFilename = (request, parent, isMain, options) => {
    const known = parent?.filename && !options ? paths.get(requestKey(parent.filename, request)) : undefined
    return known ?? resolve(request, parent, isMain, options)
  }

  const { '.js': load } = loader._extensions
  loader._extensions['.js'] = (module, filename) => {
    const found = modules.get(filename)
    if (!found) return load?.(module, filename)
    const source = part(found.source).toString(found.isAscii ? 'latin1' : 'utf8')
    const script = new Script(source, { filename, cachedData: part(found.code) })
    return void runModule(script.runInThisContext(), module, filename)
  }
}

const { TEST_MODULE_PACK: file } = process.env
if (file && existsSync(file)) readPack(file)
