import { rmSync } from 'node:fs'

/** After all tests: stops what `global-setup.ts` has started and removes its folder. */
export default async function globalTeardown(): Promise<void> {
  const run = globalThis.stewardTestRun
  if (!run) return
  await Promise.all(run.servers.map((server) => server.stop()))
  rmSync(run.folder, { recursive: true, force: true, maxRetries: 5 })
}
