import { resolve } from 'node:path'

/** What `node` is started with for Steward in a process of its own; see `processCommand`. */
export const stewardCommand = (entry: 'src/main' | 'src/cli/main'): string[] => processCommand(`${entry}.ts`)

/**
 * What `node` is started with for a file of the product or of the tests: compiled where `scripts/test` has just built
 * it, which starts in half the time; else from the sources, which a bare `npx jest` may have changed since.
 */
export function processCommand(file: string): string[] {
  if (isCompiled()) {
    const preloaded = compiledFile('tests/support/module-pack/read.ts')
    return ['--enable-source-maps', '--require', preloaded, compiledFile(file)]
  }
  const loader = resolve('node_modules/tsx/dist/loader.mjs')
  return ['--conditions=source', '--import', loader, resolve(file)]
}

export const isCompiled = (): boolean => process.env.TEST_COMPILED === 'yes'

/** Where the compiled form of a file lies. */
export const compiledFile = (file: string): string => resolve('dist', file.replace(/\.ts$/, '.js'))
