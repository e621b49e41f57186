import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { transformFileSync, type Options } from '@swc/core'
import { compiledFile } from './steward-command'

/**
 * Compiles what tests start as processes of their own to `dist/tests`, beside the product that scripts/test has just
 * built.
 */
export function compileTests(): void {
  const options = JSON.parse(readFileSync('swc.json', 'utf8')) as Options
  const files = readdirSync('tests', { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => /(?<!\.test)\.ts$/.test(name))) {
    const target = compiledFile(join('tests', file))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, transformFileSync(resolve('tests', file), { ...options, swcrc: false }).code)
  }
}
