import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { built } from './built'
import type { Line } from './line'

const BUDGET_SECONDS = 5

/** In a process that serves requests and neither runs tasks nor looks after schedules by itself. */
async function measure(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'steward-bench-'))
  const settings = {
    ...{ DATA_DIR: folder, ENVIRONMENT: 'prod', LOG_STD_LEVEL: 'ERROR', ADMIN_PASSWORD: 'bench-password-1' },
    ...{ ROLES: 'web', HOST: '127.0.0.1', PORT: '0' },
  }
  const child = fork(built('schedule-sender'), [], { execArgv: [], env: { ...process.env, ...settings } })
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('message', (seconds) => resolve(Number(seconds)))
      child.once('exit', (code) => reject(new Error(`the scheduler under measurement ended with ${code}`)))
    })
  } finally {
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ten thousand schedules that are due in the same second, sent by one scheduler on SQLite. */
export async function scheduleLines(): Promise<Line[]> {
  const seconds = await measure()
  return [
    {
      name: '10 000 schedules due in one second, all sent',
      value: `${seconds.toFixed(1)} s`,
      budget: `≤ ${BUDGET_SECONDS} s`,
      ok: seconds <= BUDGET_SECONDS,
    },
  ]
}
