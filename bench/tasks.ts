import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { built } from './built'
import { median, type Line } from './line'
import type { Round, TaskFigures } from './task-worker'

async function measure(concurrency: number): Promise<TaskFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'steward-bench-'))
  const settings = {
    ...{ DATA_DIR: folder, ENVIRONMENT: 'prod', LOG_STD_LEVEL: 'ERROR', ADMIN_PASSWORD: 'bench-password-1' },
    ...{ ROLES: 'worker', TASK_CONCURRENCY: String(concurrency) },
  }
  built('line')
  const child = fork(built('task-worker'), [], { execArgv: [], env: { ...process.env, ...settings } })
  try {
    return await new Promise<TaskFigures>((resolve, reject) => {
      child.once('message', (figures) => resolve(figures as TaskFigures))
      child.once('exit', (code) => reject(new Error(`the worker under measurement ended with ${code}`)))
    })
  } finally {
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tasks with their states in SQL against bare Bull, in the same process and on the same Redis, taking turns. */
export async function taskLines(): Promise<Line[]> {
  const [one, many] = [await measure(1), await measure(16)]
  return [
    line('tasks, one at a time, share of bare Bull', one.process, null),
    line('tasks, 16 at once, share of bare Bull', many.process, 0.7),
    cpuLine('processor time per task, 16 at once', many.cpu),
    line('enqueueing 500 tasks, share of bare Bull', many.enqueue, null),
    {
      name: 'from enqueueing to the start of the function',
      value: `median ${one.latency.median.toFixed(1)} ms, 99 % within ${one.latency.p99.toFixed(1)} ms`,
      budget: 'none',
      ok: true,
    },
  ]
}

/** Of this process: what Redis does is left out, with which bare Bull has more to do than Steward. */
function cpuLine(name: string, rounds: Round[]): Line {
  const [steward, bare] = [median(rounds.map((one) => one.steward)), median(rounds.map((one) => one.bare))]
  const value = `${Math.round(steward)} µs, bare Bull ${Math.round(bare)} µs`
  return { name, value, budget: 'none', ok: true }
}

function line(name: string, rounds: Round[], budget: number | null): Line {
  const ratio = median(rounds.map(({ steward, bare }) => steward / bare))
  const rate = (of: 'steward' | 'bare') => Math.round(median(rounds.map((round) => round[of])))
  return {
    name,
    value: `${ratio.toFixed(2)} (${rate('steward')}/s of ${rate('bare')}/s)`,
    budget: budget === null ? 'none' : `≥ ${budget}`,
    ok: budget === null || ratio >= budget,
  }
}
