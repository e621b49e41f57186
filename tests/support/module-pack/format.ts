import Module from 'node:module'
import { dirname } from 'node:path'

/** Where a part of the pack lies: its first byte, and how many they are. */
export type Span = [start: number, length: number]

/** What stands at the beginning of a pack. */
export interface Index {
  /** By the path of a module: its wrapped source, what V8 made of that, and whether every character is one byte. */
  modules: Record<string, { source: Span; code: Span; isAscii: boolean }>
  /** What a request means in the files of a folder, by both; see `requestKey`. */
  paths: Record<string, string>
}

export const requestKey = (from: string, request: string): string => `${dirname(from)}\0${request}`

/** What Node's loader for CommonJS consists of, as far as it is changed here. */
export interface Loader {
  _resolveFilename(request: string, parent: Module | undefined, isMain: boolean, options?: object): string
  _extensions: Record<string, (module: Module, filename: string) => void>
  _cache: object
  wrap(source: string): string
  prototype: { _compile(this: Module, source: string, filename: string, format?: string): unknown }
}

export const loader = Module as unknown as Loader

/** Runs a wrapped module as Node does. */
export function runModule(wrapped: unknown, module: Module, filename: string): unknown {
  const resolve = (request: string, options?: object) =>
    loader._resolveFilename(request, module, false, options)
  const { _cache: cache, _extensions: extensions } = loader
  const own = { resolve, main: process.mainModule, extensions, cache }
  const require = Object.assign((request: string) => module.require(request) as unknown, own)
  const run = wrapped as (...parts: unknown[]) => unknown
  return run.call(module.exports, module.exports, require, module, filename, dirname(filename))
}
