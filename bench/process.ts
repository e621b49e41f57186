import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { median, type Line } from './line'

const MAIN = path.resolve(__dirname, '../dist/src/main.js')
const ROUNDS = 5
const IDLE_MS = 5000

interface Start {
  seconds: number
  megabytes: number
}

/** Starts the built server on a data folder that exists already, and asks until it is ready. */
async function startOnce(folder: string, port: number): Promise<Start> {
  const begun = performance.now()
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      DATA_DIR: folder,
      PORT: String(port),
      LOG_STD_LEVEL: 'ERROR',
      ADMIN_PASSWORD: 'bench-password-1',
    },
    stdio: 'ignore',
  })
  while (!(await isReady(port))) {
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode} before it was ready`)
    await pause(10)
  }
  const seconds = (performance.now() - begun) / 1000
  await pause(IDLE_MS)
  const megabytes = residentMegabytes(child.pid)
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  return { seconds, megabytes }
}

const isReady = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  )

/** Resident memory as Linux counts it; the private Redis is a process of its own and not included. */
function residentMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

/** Start-up and idle memory of the built server with all roles in one process. */
export async function processLines(): Promise<Line[]> {
  if (!existsSync(MAIN)) throw new Error('there is no build: run npm run build first')
  const folder = mkdtempSync(path.join(tmpdir(), 'steward-bench-'))
  try {
    await startOnce(folder, 18_199) // makes the database
    const starts: Start[] = []
    for (let round = 0; round < ROUNDS; round += 1) starts.push(await startOnce(folder, 18_199))
    const seconds = median(starts.map((one) => one.seconds))
    const megabytes = median(starts.map((one) => one.megabytes))
    return [
      { name: 'start until ready', value: `${seconds.toFixed(2)} s`, budget: '< 2 s', ok: seconds < 2 },
      {
        name: 'idle memory of all roles',
        value: `${Math.round(megabytes)} MB`,
        budget: '< 200 MB',
        ok: megabytes < 200,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
