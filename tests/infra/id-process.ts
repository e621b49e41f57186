import { setImmediate as turn } from 'node:timers/promises'
import { nextId, startIds, type IdsOptions } from '../../src/infra/ids'
import { openRedis } from '../../src/infra/redis'

/** A process that makes ids when told to; see `ids.test.ts`. */
interface Settings {
  redis: { host?: string; port?: number; path?: string }
  ids: IdsOptions
}

async function main(): Promise<void> {
  const settings = JSON.parse(process.argv[2] ?? '{}') as Settings
  await startIds(await openRedis(settings.redis), settings.ids)
  const over = { is: false }
  process.on('message', (message: { count?: number; make?: boolean; stop?: boolean }) => {
    if (message.count) process.send?.(Array.from({ length: message.count }, nextId))
    if (message.make) void idsUntil(over).then((ids) => process.send?.(ids))
    if (message.stop) over.is = true
  })
  process.send?.('ready')
}

/** Makes an id each turn of the event loop; turns in which that is refused give none. */
async function idsUntil(over: { is: boolean }): Promise<string[]> {
  const ids: string[] = []
  while (!over.is) {
    try {
      ids.push(nextId())
    } catch {
      // Refused is a fine answer here: the test looks at the ids that were made.
    }
    await turn()
  }
  return ids
}

main().catch((error: unknown) => {
  process.send?.(error instanceof Error ? error.message : String(error))
})
