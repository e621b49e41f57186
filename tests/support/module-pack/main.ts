import './write'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createProgram } from '../../../src/cli/program'
import { runServer } from '../../../src/run-server'

/** Loads what tests start as processes, the way they do: all of the command line, and a server until it is ready. */
async function loadAll(): Promise<void> {
  createProgram()
  const actions = join(__dirname, '../../../src/cli/action')
  for (const file of readdirSync(actions, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.js')) createRequire(__filename)(join(actions, file))
  await runServer()
  process.kill(process.pid, 'SIGTERM')
}

void loadAll()
