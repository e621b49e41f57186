import { mkdirSync } from 'node:fs'
import inspector from 'node:inspector'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { env } from '../config/env'
import { isSandbox } from '../core/sandbox-side'
import { atWorkFile } from './at-work'

/** Holds a file for each plugin that may end the process at this moment, or has done so. */
export const markFolder = () => join(env.DATA_DIR, 'plugin-starting')
export const markFile = (name: string) => join(markFolder(), `${name}@${process.pid}`)

/** What is in that file where the plugin was seen to hang. */
export const HANGS = 'hangs'

const BEAT_MS = 200
/** Plugins that can be told apart; what comes after them is not watched. */
const SLOTS = 500

/**
 * Runs in a thread of its own, which is the only place from which an endless loop can be seen. The plugin whose code
 * was entered last and has not come back is to blame; else the only one for which something is under way. Its looks are
 * counted and not the time, which also passes while a machine is suspended. It also notes which plugins have been at work
 * at two looks in a row, for whoever starts after the process was killed.
 */
const DOG = `
const { workerData: { state, patience, pid, atWork }, parentPort } = require('node:worker_threads')
const { rmSync, writeFileSync, writeSync } = require('node:fs')
const files = [], names = []
parentPort.on('message', ({ slot, name, file }) => { names[slot] = name; files[slot] = file })
const busyNow = () => names.map((_name, at) => at).filter((at) => Atomics.load(state, 1 + at) > 0)
let before = [], noted = ''
function note() {
  const now = busyNow().map((slot) => names[slot])
  const text = now.filter((name) => before.includes(name)).join('\\n')
  before = now
  if (text === noted) return
  noted = text
  if (text) writeFileSync(atWork, text)
  else rmSync(atWork, { force: true })
}
let last = -1, quiet = 0
setInterval(() => {
  if (atWork) note()
  const now = Atomics.load(state, 0)
  quiet = now === last ? quiet + 1 : 0
  last = now
  if (quiet * ${BEAT_MS} < patience) return
  let slot = Atomics.load(state, 1)
  if (slot === 0) {
    const busy = busyNow()
    if (busy.length === 1) slot = busy[0]
  }
  if (!names[slot]) return
  writeFileSync(files[slot], '${HANGS}')
  writeSync(2, 'Plugin ' + names[slot] + ' keeps the process from doing anything else. It is ended; start it again, and the plugin is set aside.\\n')
  process.kill(pid, 'SIGKILL')
}, ${BEAT_MS})`

/** Where the thread is told what runs: beats, the slot of the code that runs at this moment, calls under way by slot. */
const state = new Int32Array(new SharedArrayBuffer(4 * (2 + SLOTS)))
const slots = new Map<string, number>()
let dog: Worker | null = null

/** Until the process ends, which stops for nothing of this. */
function letOut(): Worker {
  mkdirSync(markFolder(), { recursive: true })
  setInterval(() => Atomics.add(state, 0, 1), BEAT_MS).unref()
  const patience = env.PLUGIN_LOAD_SECONDS * 1000
  // A sandbox is killed by its worker, which says so.
  const atWork = isSandbox() ? null : atWorkFile()
  const workerData = { state, patience, pid: process.pid, atWork }
  const worker = new Worker(DOG, { eval: true, workerData, env: {} })
  worker.on('error', () => undefined) // the process is served without a dog, too
  worker.unref()
  return worker
}

function slotOf(name: string): number {
  const known = slots.get(name)
  if (known !== undefined) return known
  const slot = slots.size + 1
  slots.set(name, slot)
  // Whoever looks at the process with a debugger lets it stand still on purpose.
  if (!inspector.url()) (dog ??= letOut()).postMessage({ slot, name, file: markFile(name) })
  return slot
}

/**
 * Runs code of a plugin so that it is known whose it is, should it keep the process from doing anything else for longer
 * than a plugin may take: then the process is ended, and the plugin set aside at the next start. Better that than a
 * server which never answers.
 */
export function watched<T>(name: string, work: () => T | Promise<T>): T | Promise<T> {
  const slot = slotOf(name)
  if (slot > SLOTS) return work()
  const before = Atomics.exchange(state, 1, slot)
  Atomics.add(state, 1 + slot, 1)
  const leave = () => void Atomics.sub(state, 1 + slot, 1)
  try {
    const result = work()
    if (result instanceof Promise) return result.finally(leave)
    leave()
    return result
  } catch (error) {
    leave()
    throw error
  } finally {
    Atomics.store(state, 1, before)
  }
}
