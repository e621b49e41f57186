import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './project-root'

const declared: unknown = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))

/** Version of Steward. */
export const version: string =
  typeof declared === 'object' && declared !== null && 'version' in declared ? String(declared.version) : '0'
