import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { env } from '../../config/env'
import { complain, say } from '../../utils/printer'
import { failed } from '../outcome'

/** A process that dies sooner than this after its start would only die again. */
const SHORT_LIFE_MS = 10_000

/**
 * Several processes that share one port. The first one starts alone, so that tables and the first user are there when
 * the others come. One that dies is replaced; SIGTERM and Ctrl-C end all of them, each finishing what is under way.
 */
export async function runCluster(size: number): Promise<void> {
  cluster.setupPrimary({ exec: join(__dirname, `../../main${__filename.slice(-3)}`), args: [] })
  const crowd = new Crowd()
  await crowd.add()
  if (env.ROLES.includes('web')) await Promise.race([once(cluster, 'listening'), crowd.empty])
  if (!crowd.isStopping) for (let at = 1; at < size; at += 1) await crowd.add()
  await crowd.empty
  if (crowd.hasFailed) throw failed()
}

class Crowd {
  hasFailed = false
  isStopping = false
  #done: () => void = () => {}
  /** Settles when the last one has gone. */
  readonly empty = new Promise<void>((resolve) => (this.#done = resolve))

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#stop(signal))
  }

  async add(): Promise<void> {
    const worker = cluster.fork()
    const born = performance.now()
    worker.once('exit', (code) => this.#onExit(worker, code, performance.now() - born))
    await once(worker, 'online')
  }

  #onExit(worker: Worker, code: number, life: number): void {
    if (!this.isStopping && life > SHORT_LIFE_MS) {
      complain(`Process ${worker.process.pid} ended with code ${code}; another takes its place.`)
      void this.add()
      return
    }
    if (code !== 0) this.hasFailed = true
    if (!this.isStopping) this.#stop('SIGTERM')
    if (Object.keys(cluster.workers ?? {}).length === 0) this.#done()
  }

  #stop(signal: NodeJS.Signals): void {
    if (this.isStopping) return
    this.isStopping = true
    say('Stopping all processes.')
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
  }
}
