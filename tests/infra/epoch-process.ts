import { beginChange, type Change } from '../../src/infra/epoch'
import { openRedis } from '../../src/infra/redis'

/** A process that changes rights step by step; see `epoch.test.ts`. A Redis key plays the committed row. */
async function main(): Promise<void> {
  const { port, name, row } = JSON.parse(process.argv[2] ?? '{}') as {
    port: number
    name: string
    row: string
  }
  const redis = await openRedis({ host: '127.0.0.1', port })
  let change: Change
  const steps: Record<string, (value: string) => Promise<unknown>> = {
    begin: async () => (change = await beginChange([name])),
    commit: (value) => redis.set(row, value),
    done: () => change.done(),
  }
  process.on('message', ({ step, value }: { step: string; value: string }) => {
    void steps[step]?.(value).then(() => process.send?.('did it'))
  })
  process.send?.('ready')
}

main().catch((error: unknown) => {
  process.send?.(error instanceof Error ? error.message : String(error))
})
