import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { transformFileSync } from '@swc/core'

const ROOT = path.resolve(__dirname, '..')

/**
 * Compiles a program of this folder to `dist/bench`, where it runs on the built server. What compiles on the fly names
 * every closure as it is made, which the product does not do.
 * @returns the file to run
 */
export function built(name: string): string {
  const { code } = transformFileSync(path.join(__dirname, `${name}.ts`), {
    configFile: path.join(ROOT, 'swc.json'),
  })
  const file = path.join(ROOT, 'dist', 'bench', `${name}.js`)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, code)
  return file
}
