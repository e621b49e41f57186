import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'

/** An empty PLUGIN_DIR for the tests of a file. Import it before anything that reads the settings. */
export const PLUGIN_DIR = path.join(process.env.DATA_DIR ?? '', 'plugins')

rmSync(PLUGIN_DIR, { recursive: true, force: true })
mkdirSync(PLUGIN_DIR, { recursive: true })
process.env.PLUGIN_DIR = PLUGIN_DIR
process.env.PLUGIN_REQUIRED = '["dict"]'
