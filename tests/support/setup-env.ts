import { mkdirSync } from 'node:fs'
import { closeNetwork } from './network'
import { workerSettings } from './worker-settings'

/**
 * Child processes do not inherit what is set here by themselves (Jest gives tests a copy of `process.env`): spawn with
 * `env: process.env`.
 */
delete process.env.REDIS_URL
Object.assign(process.env, workerSettings(Number(process.env.JEST_WORKER_ID ?? 1)))
mkdirSync(process.env.DATA_DIR ?? '', { recursive: true })

closeNetwork()
