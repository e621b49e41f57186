import { modules } from '../src/app/modules'
import { searchCrud } from '../src/app/task/crud/search'
import type { SearchFilter } from '../src/app/task/crud/search-source'
import { TaskResult } from '../src/app/task/model/result'
import { TaskTerm } from '../src/app/task/model/term'
import { coreMigrations, bootDatabase } from '../src/boot'
import { Lifecycle } from '../src/core/lifecycle'
import { createMissingDatabase, database, inTransaction, reader } from '../src/infra/database'
import { ID_EPOCH } from '../src/infra/id-maker'
import { migrateUp } from '../src/infra/migrator'
import { insertRows } from '../src/infra/plain-rows'
import { wantedWords, wordsOf } from '../src/utils/words'
import type { Line } from './line'

const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000)
const BATCH = 2000
const TIMES = 21
const BUDGET_MS = 150
const BEGUN = Date.now() - 30 * 86_400_000
const STEP_MS = (30 * 86_400_000) / ROWS

const CITIES = ['shanghai', 'beijing', 'shenzhen', 'chengdu', 'hangzhou', 'wuhan', 'nanjing', '清理日志']
const ERRORS = [
  'ConnectTimeoutError: no answer within 5000 ms',
  'TypeError: cannot read properties of undefined',
]

/** One task every few seconds for a month; 3 % fail, 1 % are revoked, the newest still wait. */
function rowOf(n: number) {
  const time = BEGUN + n * STEP_MS
  const created_time = new Date(time)
  const luck = (n * 7919) % 100
  const status = n > ROWS - 50 ? 'PENDING' : luck < 96 ? 'SUCCESS' : luck < 99 ? 'FAILURE' : 'REVOKED'
  const kwargs = { order: `order-${n}`, city: CITIES[n % CITIES.length], user_id: (n * 31) % 5000 }
  const isDone = status !== 'PENDING'
  return {
    ...{ id: String((BigInt(Math.round(time) - ID_EPOCH) << 22n) + BigInt(n % 4096)), status, created_time },
    task_id: `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    ...{ name: `module${n % 40}.job${(n * 13) % 5}`, queue: n % 10 === 0 ? 'mail' : 'celery' },
    ...{
      worker: isDone ? `celery@host-${n % 12}:${100 + Math.floor(n / 100_000)}` : null,
      retries: 0,
      starts: 1,
    },
    ...{ args: '[]', kwargs: JSON.stringify(kwargs), result: isDone ? '{"sent":true}' : null },
    ...{
      error: status === 'FAILURE' ? (ERRORS[n % 2] ?? null) : null,
      date_done: isDone ? new Date(time + 900) : null,
    },
    ...{
      due_time: created_time,
      started_time: created_time,
      schedule_id: n % 20 === 0 ? '2049629108249427981' : null,
    },
  }
}

function termsOf({ id, kwargs, error }: ReturnType<typeof rowOf>) {
  const words = wordsOf(`${Object.values(JSON.parse(kwargs) as object).join(' ')} ${error ?? ''}`)
  return [...words].map((term) => ({ id, term }))
}

async function fill(): Promise<void> {
  for (let n = 0; n < ROWS; n += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, ROWS - n) }, (_, at) => rowOf(n + at))
    await inTransaction(async (db) => {
      await insertRows(TaskResult, rows, db)
      await insertRows(TaskTerm, rows.flatMap(termsOf), db)
    })
  }
  await database().query(
    database().getDialect() === 'mysql' || database().getDialect() === 'mariadb'
      ? 'ANALYZE TABLE task_result, task_term'
      : 'ANALYZE',
  )
}

const middle = new Date(BEGUN + (ROWS / 2) * STEP_MS)
const later = (minutes: number) => new Date(middle.getTime() + minutes * 60_000)
const word = (text: string) => ({ words: wantedWords(text) })

/** What operators ask, rare and common, alone and together; the last ones have next to nothing in common. */
const QUESTIONS: Record<string, SearchFilter> = {
  'nothing asked': {},
  'one task id': { task_id: `${(12345).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000` },
  'common state': { status: ['SUCCESS'] },
  'rare state': { status: ['PENDING'] },
  'two states': { status: ['FAILURE', 'REVOKED'] },
  'part of a name': { name: 'ULE7.' },
  'part of all names': { name: 'job' },
  'name and state': { name: 'module7.job1', status: ['FAILURE'] },
  'queue and worker': { queue: 'mail', worker: 'host-3' },
  'hour of creation': { created_from: middle, created_to: later(60) },
  'minute of the end': { done_from: middle, done_to: later(1) },
  'week and state': { created_from: middle, created_to: later(10_080), status: ['FAILURE'] },
  'rare word': word('order-765432'),
  'common word': word('shanghai'),
  'common beginning': word('sh'),
  'words of an error': word('connecttimeout 5000'),
  'Chinese words': word('清理日志'),
  'common words and state': { ...word('shanghai order'), status: ['FAILURE'] },
  'nothing in common': { ...word('shanghai'), queue: 'mail', worker: 'host-1', status: ['REVOKED'] },
}

async function ask(filter: SearchFilter): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < TIMES; n += 1) {
    const begun = performance.now()
    const found = await searchCrud.search(reader(), filter, { size: 20, offset: 0 })
    await searchCrud.inOrder(reader(), found.ids)
    times.push(performance.now() - begun)
  }
  return times.sort((a, b) => a - b)
}

async function main(kind: string): Promise<void> {
  const lifecycle = new Lifecycle()
  await createMissingDatabase()
  await bootDatabase(lifecycle, modules)
  await migrateUp(await coreMigrations())
  const begun = performance.now()
  await fill()
  process.stdout.write(`     ${kind}: ${ROWS} rows in ${Math.round((performance.now() - begun) / 1000)} s\n`)
  const lines: Line[] = []
  for (const [name, filter] of Object.entries(QUESTIONS)) {
    const times = await ask(filter)
    const [median = 0, late = 0] = [times[Math.floor(TIMES / 2)], times.at(-2)]
    const value = `${median.toFixed(0)} ms (19 of 20 within ${late.toFixed(0)} ms)`
    lines.push({
      name: `search among ${ROWS} on ${kind}: ${name}`,
      value,
      budget: `< ${BUDGET_MS} ms`,
      ok: late < BUDGET_MS,
    })
  }
  await lifecycle.stop()
  process.send?.(lines)
}

void main(process.argv[2] ?? '')
