import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { env } from '../../src/config/env'
import { canPin } from '../../src/plugin/source/git'
import { whileSmall } from '../../src/plugin/source/git-run'
import { stageFolder, sweepStaging } from '../../src/plugin/stage'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'stage-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('a folder with a file that is larger than any of a plugin is not copied', async () => {
  const file = path.join(folder, 'large.bin')
  writeFileSync(file, '')
  truncateSync(file, 11 * 1024 * 1024)

  await expect(stageFolder(folder)).rejects.toMatchObject({ key: 'plugin.zip_too_large' })
})

it('work that fills a folder is ended when the folder holds too much', async () => {
  const work = async (signal: AbortSignal) => {
    writeFileSync(path.join(folder, 'pack'), 'x'.repeat(2000))
    await once(signal, 'abort')
    throw new Error('ended')
  }

  await expect(whileSmall(folder, work, 1000)).rejects.toMatchObject({ key: 'plugin.zip_too_large' })
})

it('work that stays small ends by itself', async () => {
  await expect(whileSmall(folder, () => Promise.resolve(), 1000)).resolves.toBeUndefined()
})

it('what a killed process has left is swept, and what another one is at stays', async () => {
  const [left, fresh] = ['left', 'fresh'].map((name) => path.join(env.DATA_DIR, 'staging', name))
  for (const one of [left, fresh]) mkdirSync(String(one), { recursive: true })
  const before = new Date(Date.now() - 2 * 60 * 60 * 1000)
  utimesSync(String(left), before, before)

  await sweepStaging()

  expect([left, fresh].map((one) => existsSync(String(one)))).toEqual([false, true])
})

it.each([
  ['git version 2.36.9', false],
  ['git version 1.99.0', false],
  ['git version 2.37.0', true],
  ['git version 2.39.5 (Apple Git-154)', true],
  ['git version 3.0.0', true],
  ['something else', false],
])('%s can be told which address to ask: %s', (text, can) => {
  expect(canPin(text)).toBe(can)
})
