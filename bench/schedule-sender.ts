import { setTimeout as pause } from 'node:timers/promises'
import { module, nextId, reader, runs, task, z } from '#core'
import { scheduleCrud } from '../src/app/task/crud/schedule'
import { tickCrud } from '../src/app/task/crud/tick'
import { dispatchAllDue } from '../src/app/task/service/schedule/dispatch'
import { start } from '../src/start'

const SCHEDULES = 10_000
const BATCH = 500

const nothing = task({ name: 'bench.nothing', title: 'Do nothing', payload: z.object({ n: z.int() }) })
const tasks = module({
  name: 'bench-tasks',
  version: '1.0.0',
  tasks: [runs(nothing, () => Promise.resolve())],
})

/** Half of them intervals, half crontabs, all due in the second that has just passed. */
function rowOf(n: number, second: number) {
  const due = new Date(second + (n % 1000))
  return {
    ...{ id: nextId(), created_time: due, name: `bench ${n}`, task: nothing.name },
    ...{ args: null, kwargs: JSON.stringify({ n }), type: n % 2, crontab: '* * * * *' },
    ...{ interval_every: 1 + (n % 60), interval_period: 'minutes', one_off: false, enabled: true },
    ...{ total_run_count: 0, overlap: 'allow', catch_up: 'one', jitter_seconds: 0 },
    ...{ base_time: due, next_run_time: due },
  }
}

/** @returns seconds until every schedule has its tick, its task in the outbox and its job in the queue */
async function measure(): Promise<number> {
  // With the next minute, crontabs would be due once more.
  while (new Date().getSeconds() > 20) await pause(500)
  const second = Date.now() - 1000
  for (let from = 0; from < SCHEDULES; from += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, at) => rowOf(from + at, second))
    await scheduleCrud.appendNew(reader(), rows)
  }
  const began = performance.now()
  await dispatchAllDue(() => false)
  const seconds = (performance.now() - began) / 1000
  if ((await tickCrud.count(reader(), { outcome: 'dispatched' })) !== SCHEDULES)
    throw new Error('not every schedule was sent once')
  return seconds
}

async function main(): Promise<void> {
  const { lifecycle } = await start({ modules: [tasks], plugins: [] })
  process.send?.(await measure())
  await lifecycle.stop()
  process.exit(0)
}

void main()
