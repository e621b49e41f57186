import { resolve } from 'node:path'

/**
 * What `node` is started with for Steward in a process of its own: compiled where `scripts/test` has just built it,
 * which starts in half the time; else from the sources, which a bare `npx jest` may have changed since.
 */
export function stewardCommand(entry: 'src/main' | 'src/cli/main'): string[] {
  if (process.env.TEST_COMPILED === 'yes') return ['--enable-source-maps', resolve('dist', `${entry}.js`)]
  const loader = resolve('node_modules/tsx/dist/loader.mjs')
  return ['--conditions=source', '--import', loader, resolve(`${entry}.ts`)]
}
