import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { presetSetting } from '../../config/environment'
import { projectRoot } from '../../utils/project-root'
import type { RunOptions } from '../command/run'
import { Ended, misused } from '../outcome'

/** Starts the server in the foreground and stays until it ends. */
export async function run({ host, port, reload, workers, safeMode }: RunOptions): Promise<void> {
  if (reload && workers > 1) throw misused('--workers needs --no-reload.')
  if (host !== undefined) presetSetting('HOST', host)
  if (port !== undefined) presetSetting('PORT', String(port))
  if (safeMode) presetSetting('PLUGIN_SAFE_MODE', 'true')
  const { env } = await import('../../config/env.js') // a wrong setting is told once, not by every child
  if (reload && env.ENVIRONMENT === 'dev' && hasSources()) return runReloading()
  if (workers > 1) return (await import('./cluster.js')).runCluster(workers)
  const { runServer } = await import('../../run-server.js')
  await runServer()
}

const tsx = join(projectRoot, 'node_modules/.bin/tsx')

/** A compiled installation has nothing to watch, and nothing to watch with. */
const hasSources = (): boolean =>
  existsSync(join(projectRoot, 'src/main.ts')) &&
  existsSync(tsx) &&
  !__dirname.includes(join(projectRoot, 'dist'))

async function runReloading(): Promise<void> {
  const args = ['watch', '--conditions=source', '--clear-screen=false', join(projectRoot, 'src/main.ts')]
  const child = spawn(tsx, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 143)))
  })
  if (code !== 0) throw new Ended(code)
}
