import { createRequire } from 'node:module'

const load = createRequire(__filename)

/**
 * Loads a file whose path is known only now, such as a migration or a plugin. Not `import()`: that would leave it to
 * the loader of ES modules, which knows no TypeScript and forgets nothing.
 */
export const loadModule = (file: string): unknown => load(file)
