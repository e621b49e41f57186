import { boot } from '../../src/boot'
import { modules } from '../../src/app/modules'
import { Lifecycle } from '../../src/core/lifecycle'
import { logger } from '../../src/infra/logger'
import { redis } from '../../src/infra/redis'
import { WriteBehind } from '../../src/infra/write-behind'
import { storeRows, type Note } from './write-behind-rows'

/** A process that takes entries, says so, and never comes to an end with them; see `write-behind.test.ts`. */
async function main(): Promise<void> {
  const { key, dies } = JSON.parse(process.argv[2] ?? '{}') as { key: string; dies: string }
  await boot(new Lifecycle(), modules)
  const queue = new WriteBehind<Note, Note>(redis(), {
    name: 'test',
    key,
    max: 1000,
    batch: 10,
    everyMs: 20,
    prepare: (note) => note,
    store: async (notes) => {
      if (dies === 'after the insert') await storeRows(notes)
      process.send?.({ taken: notes.length })
      await new Promise(() => {})
    },
    log: logger,
  })
  process.on('message', () => queue.start())
  process.on('disconnect', () => process.exit())
  process.send?.('ready')
}

main().catch((error: unknown) => {
  process.send?.(error instanceof Error ? error.message : String(error))
})
