import type { Module } from '../../src/core/module'
import { start, type Running } from '../../src/start'
import { Client } from './client'

let running: Running | undefined

/**
 * Starts the real application for the tests of a file, on this worker's database and Redis, and stops it afterwards.
 * Call it at the top of a test file; requests may be sent from inside its tests..
 */
export function useApp(...plugins: Module[]): void {
  beforeAll(async () => {
    running = await start(plugins)
  }, 60_000)
  afterAll(async () => {
    await running?.lifecycle.stop()
    running = undefined
  }, 60_000)
}

/** The running application. */
export function app(): Running {
  if (!running) throw new Error('call useApp() at the top of the test file')
  return running
}

export const baseUrl = (): string => `http://127.0.0.1:${app().port}`

/** Somebody who is not signed in. */
export const stranger = (): Client => new Client(baseUrl())
