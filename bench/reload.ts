import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { median, type Line } from './line'

const MAIN = path.resolve(__dirname, '../dist/src/main.js')
const PORT = 18_198
const CHANGES = 20

const MANIFEST = {
  plugin: {
    ...{ name: 'edited', version: '1.0.0', summary: 'Edited', description: 'Edited', author: 'Steward' },
    ...{ tags: ['other'], database: ['sqlite', 'mysql', 'postgresql'] },
  },
  requires: { steward: '>=0.1.0' },
}
const FILES: Record<string, string> = {
  'plugin.json': JSON.stringify(MANIFEST),
  'index.ts': `import { module } from '#core'
import { ask } from './api/ask'
export default module({ name: 'edited', routes: [ask] })
`,
  'api/ask.ts': `import { data, route, z } from '#core'
import { word } from '../service/word'
export const ask = route({ method: 'get', path: '/edited', title: 'Ask', access: 'public',
  reply: data(z.string()), handle: () => word })
`,
  'service/word.ts': "export const word: string = 'unchanged'\n",
}

/** From the moment at which a TypeScript file of a plugin is saved until the server answers by it, in development. */
export async function reloadLines(): Promise<Line[]> {
  if (!existsSync(MAIN)) throw new Error('there is no build: run npm run build first')
  const folder = mkdtempSync(path.join(tmpdir(), 'steward-bench-'))
  const server = startOn(folder)
  try {
    await until('the plugin answers', server, 'unchanged')
    const seconds: number[] = []
    for (let change = 0; change < CHANGES; change += 1) seconds.push(await timeOf(folder, server, change))
    const worst = Math.max(...seconds)
    const value = `median ${median(seconds).toFixed(2)} s, worst ${worst.toFixed(2)} s of ${CHANGES}`
    return [{ name: 'a saved file of a plugin acts', value, budget: '< 1 s', ok: worst < 1 }]
  } finally {
    server.kill('SIGTERM')
    await new Promise((resolve) => server.once('exit', resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

function startOn(folder: string): ChildProcess {
  const PLUGIN_DIR = path.join(folder, 'plugins')
  for (const [file, text] of Object.entries(FILES)) {
    const full = path.join(PLUGIN_DIR, 'edited', file)
    mkdirSync(path.dirname(full), { recursive: true })
    writeFileSync(full, text)
  }
  const settings = {
    ...{ DATA_DIR: path.join(folder, 'data'), PLUGIN_DIR, PLUGIN_REQUIRED: '[]', ENVIRONMENT: 'dev' },
    ...{ PORT: String(PORT), LOG_STD_LEVEL: 'ERROR', ADMIN_PASSWORD: 'bench-password-1' },
  }
  return spawn(process.execPath, [MAIN], { env: { ...process.env, ...settings }, stdio: 'ignore' })
}

/** Saves at any moment of the second. @returns seconds until the change acts */
async function timeOf(folder: string, server: ChildProcess, change: number): Promise<number> {
  await pause(1000 * Math.random())
  const word = `change ${change}`
  const begun = performance.now()
  writeFileSync(
    path.join(folder, 'plugins/edited/service/word.ts'),
    `export const word: string = '${word}'\n`,
  )
  await until(word, server, word)
  return (performance.now() - begun) / 1000
}

async function until(what: string, server: ChildProcess, word: string): Promise<void> {
  while ((await answer()) !== word) {
    if (server.exitCode !== null)
      throw new Error(`the server ended with ${server.exitCode} before this: ${what}`)
    await pause(5)
  }
}

const answer = (): Promise<unknown> =>
  fetch(`http://127.0.0.1:${PORT}/api/v1/edited`).then(
    async (response) => ((await response.json()) as { data: unknown }).data,
    () => null,
  )
