import { Worker } from 'node:worker_threads'
import { env } from '../config/env'

const BEAT_MS = 200

/** Runs in a thread of its own, which is the only place from which an endless loop can be seen. */
const DOG = `
const { workerData: { beats, words, patience } } = require('node:worker_threads')
const { writeSync } = require('node:fs')
let last = -1, since = Date.now()
setInterval(() => {
  const now = Atomics.load(beats, 0)
  if (now !== last) { last = now; since = Date.now() }
  if (Date.now() - since > patience) { writeSync(2, words); process.kill(process.pid, 'SIGKILL') }
}, ${BEAT_MS})`

/**
 * Ends the process when nothing moves in it any more for as long as a plugin may take: better a restart without the
 * plugin, whose name is noted, than a server that never answers.
 */
export function watch(name: string): { end(): void } {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  const patience = env.PLUGIN_LOAD_SECONDS * 1000
  const words = `Plugin ${name} keeps the process from doing anything else. It is ended; start it again, and the plugin is set aside.\n`
  const beating = setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS)
  const dog = new Worker(DOG, { eval: true, workerData: { beats, words, patience }, env: {} })
  dog.unref()
  return {
    end: () => {
      clearInterval(beating)
      void dog.terminate()
    },
  }
}
