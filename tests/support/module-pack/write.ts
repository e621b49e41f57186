import type Module from 'node:module'
import { writeFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { Script } from 'node:vm'
import { loader, requestKey, runModule, type Index, type Span } from './format'

/** Preloaded into one process; what that loads is in the pack when it ends. See `read.ts`. */
const paths: Index['paths'] = {}
const scripts = new Map<string, { source: string; script: Script }>()

const { _resolveFilename: resolve } = loader
const { _compile: compile } = loader.prototype

loader._resolveFilename = (request, parent, isMain, options) => {
  const path = resolve(request, parent, isMain, options)
  if (parent?.filename && !options && isAbsolute(path)) paths[requestKey(parent.filename, request)] = path
  return path
}

loader.prototype._compile = function (this: Module, content, filename, format) {
  if (!canBePacked(content, filename, format)) return compile.call(this, content, filename, format)
  const source = loader.wrap(content)
  const script = new Script(source, { filename })
  scripts.set(filename, { source, script })
  return runModule(script.runInThisContext(), this, filename)
}

/** Scripts from a cache cannot import dynamically in Node 20; plugins may be exchanged. */
const canBePacked = (content: string, filename: string, format?: string): boolean =>
  format !== 'module' &&
  /(?:\/node_modules\/|\/dist\/).*\.c?js$/.test(filename) &&
  !content.startsWith('#!') &&
  !content.includes('import(')

process.on('exit', () => {
  const file = process.env.TEST_MODULE_PACK
  if (!file) throw new Error('TEST_MODULE_PACK does not say where the pack shall lie')
  writeFileSync(file, packed())
})

function packed(): Buffer {
  const parts: Buffer[] = []
  let end = 0
  const put = (part: Buffer): Span => {
    parts.push(part)
    end += part.length
    return [end - part.length, part.length]
  }
  const modules: Index['modules'] = {}
  for (const [filename, { source, script }] of scripts) {
    const bytes = Buffer.from(source)
    const isAscii = bytes.length === source.length
    modules[filename] = { source: put(bytes), code: put(script.createCachedData()), isAscii }
  }
  const index = Buffer.from(JSON.stringify({ modules, paths } satisfies Index))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(index.length)
  return Buffer.concat([size, index, ...parts])
}
