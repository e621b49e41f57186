import { createWriteStream, existsSync, renameSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { now } from '../infra/clock'
import { pack } from './archive'
import { pluginRoot } from './folders'

const stampOf = (moment: Date) => moment.toISOString().replace(/\D/g, '').slice(0, 14)

const ARCHIVE = '.backup.zip'
const UNFINISHED = '.part'

/** Keeps a plugin as an archive beside the folders; one that is there is whole. @returns its path */
export async function keepArchive(name: string, folder: string): Promise<string> {
  const moment = now()
  const file = freeName(name, moment)
  await pipeline(await pack(name, folder), createWriteStream(file + UNFINISHED))
  await utimes(file + UNFINISHED, moment, moment)
  await rename(file + UNFINISHED, file)
  return file
}

/** Names tell the second; further archives of one second are numbered. */
function freeName(name: string, moment: Date): string {
  const stem = join(pluginRoot(), `${name}.${stampOf(moment)}`)
  let file = stem + ARCHIVE
  for (let n = 2; existsSync(file); n += 1) file = `${stem}-${n}${ARCHIVE}`
  return file
}

/** Paths of the archives that are being written, or were when a process died. */
export async function unfinishedArchives(): Promise<string[]> {
  const files = await readdir(pluginRoot()).catch(() => [])
  return files.filter((file) => file.endsWith(ARCHIVE + UNFINISHED)).map((file) => join(pluginRoot(), file))
}

const NAME = /^([^.]+)\.(\d{14})(?:-(\d+))?\.backup\.zip$/

/**
 * Paths of the archives of a plugin that were kept since a moment, the newest first. By their names, which outlive that
 * they are copied elsewhere and back; within that second by the time of the file.
 */
export async function keptArchives(name: string, since: Date): Promise<string[]> {
  const files = await readdir(pluginRoot()).catch(() => [])
  const kept = files.flatMap((file) => {
    const [, of, stamp = '', number = '1'] = NAME.exec(file) ?? []
    return of === name && stamp >= stampOf(since)
      ? [{ file: join(pluginRoot(), file), stamp, number: Number(number) }]
      : []
  })
  kept.sort((a, b) => b.stamp.localeCompare(a.stamp, 'en') || b.number - a.number)
  const times = await Promise.all(kept.map(({ file }) => stat(file)))
  return kept.flatMap(({ file }, at) =>
    Math.round(times[at]?.mtimeMs ?? 0) >= since.getTime() ? [file] : [],
  )
}

/**
 * Beside the place of a plugin, where none is looked for: `new` is about to come into it; `old` was there before and comes
 * back if the version there fails; `leaving` does not come back, and what its migrations did is still to be undone;
 * `gone` is to be deleted. `installing` and `removing` are notes for whoever has to end what a process died over.
 */
export type Part = 'new' | 'old' | 'leaving' | 'gone' | Note
export type Note = 'installing' | 'removing'

export const placeOf = (name: string): string => join(pluginRoot(), name)
export const asideOf = (name: string, part: Part): string => join(pluginRoot(), `.${name}.${part}`)

/** Names of the plugins of which such a part lies beside. */
export async function namesAside(part: Part): Promise<string[]> {
  const entries = await readdir(pluginRoot()).catch(() => [])
  return entries.flatMap((entry) => {
    const isPart = entry.startsWith('.') && entry.endsWith(`.${part}`)
    return isPart ? [entry.slice(1, -part.length - 1)] : []
  })
}

/** Whether a version is being tried out, or was when a process died. */
export const isOnTrial = (name: string): boolean =>
  (['old', 'installing'] as const).some((part) => existsSync(asideOf(name, part)))

/** Lies beside the place until it is dropped. */
export const leaveNote = (name: string, note: Note, words: object): Promise<void> =>
  writeFile(asideOf(name, note), JSON.stringify(words))

/** @returns null where there is none, or a process died while it wrote it: nothing was begun then */
export async function readNote<T>(name: string, note: Note, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(asideOf(name, note), 'utf8')))
  } catch {
    return null
  }
}

/** Two steps with nothing in between, so that hardly anybody can see the place empty. */
export function bringIn(name: string): void {
  renameSync(placeOf(name), asideOf(name, 'old'))
  renameSync(asideOf(name, 'new'), placeOf(name))
}

/** Takes a version out that failed; the one before is back where there is one. */
export function takeOut(name: string): void {
  renameSync(placeOf(name), asideOf(name, 'leaving'))
  if (existsSync(asideOf(name, 'old'))) renameSync(asideOf(name, 'old'), placeOf(name))
}

/** The version before does not come back, since the one in its place works. */
export async function letGo(name: string): Promise<void> {
  await drop(name, 'leaving')
  await rename(asideOf(name, 'old'), asideOf(name, 'leaving'))
}

/** Nobody sees a folder half deleted. */
export async function discard(folder: string, name: string): Promise<void> {
  await drop(name, 'gone')
  await rename(folder, asideOf(name, 'gone'))
  await drop(name, 'gone')
}

export const drop = (name: string, part: Part): Promise<void> =>
  rm(asideOf(name, part), { recursive: true, force: true })

/** Longer than between the two steps of any process that lives. */
const GAP_MS = 300

/** A process that died between the two steps must not cost the plugin: the version before is put back. */
export async function closeGaps(): Promise<void> {
  const isEmpty = (name: string) => !existsSync(placeOf(name))
  const empty = (await namesAside('old')).filter(isEmpty)
  if (empty.length === 0) return
  await sleep(GAP_MS)
  for (const name of empty) {
    if (isEmpty(name) && existsSync(asideOf(name, 'old'))) renameSync(asideOf(name, 'old'), placeOf(name))
  }
}
