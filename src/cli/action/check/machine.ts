import { constants } from 'node:fs'
import { access, readdir, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { env } from '../../../config/env'
import { settingsFile } from '../../../config/environment'
import { broken, messageOf, notice, ok, skipped, type Finding } from './check'
import { tryPort } from '../../../utils/port'

export function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return ok('Node.js', process.version)
  return broken(
    'Node.js',
    `${process.version} is too old`,
    'Install version 20.19 or later: https://nodejs.org',
  )
}

export function timeZones(): Finding {
  const name = 'time zones'
  const summer = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: 'numeric', hour12: false })
  const knows = summer.format(new Date('2024-07-01T10:00:00Z')) === '12'
  if (knows) return ok(name, `known; times are shown in ${env.DATETIME_TIMEZONE}`)
  return broken(name, 'this Node.js has no time zone data', 'Use a Node.js with full ICU data.')
}

export async function dataFolder(): Promise<Finding> {
  const folder = path.resolve(env.DATA_DIR)
  const name = 'data folder'
  try {
    await access(await nearest(folder), constants.W_OK | constants.X_OK)
    return ok(name, `${folder} can be written`)
  } catch (error) {
    const advice = 'Give the user that runs Steward the folder (chown), or set DATA_DIR to another.'
    return broken(name, `${folder} cannot be written: ${messageOf(error)}`, advice)
  }
}

const GIB = 1024 ** 3

export async function diskSpace(): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearest(path.resolve(env.DATA_DIR)))
  const free = bavail * bsize
  const words = `${(free / GIB).toFixed(1)} GiB free`
  const advice = 'Make room, or set DATA_DIR to a larger disk; old log files are in LOG_DIR.'
  if (free < 0.1 * GIB) return broken('disk', words, advice)
  return free < GIB ? notice('disk', words, advice) : ok('disk', words)
}

/** The folder itself, or the nearest above it that is there. */
async function nearest(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  )
  return isThere || folder === path.dirname(folder) ? folder : nearest(path.dirname(folder))
}

/** Files that hold secrets must be closed to other users of the machine. */
export async function secretFiles(): Promise<Finding> {
  const inData = await readdir(env.DATA_DIR).catch(() => [])
  const keys = inData.filter((file) => /key/i.test(file)).map((file) => path.join(env.DATA_DIR, file))
  const files = [...keys, ...[settingsFile() ?? []].flat()]
  const modes = await Promise.all(files.map((file) => stat(file).catch(() => null)))
  const there = files.filter((_, at) => modes[at])
  const open = files.filter((_, at) => ((modes[at]?.mode ?? 0) & 0o077) !== 0)
  const name = 'files with secrets'
  if (open.length > 0)
    return notice(name, `${open.join(', ')} may be read by others`, `chmod 600 ${open.join(' ')}`)
  return there.length > 0 ? ok(name, there.join(', ')) : skipped(name, 'there are none yet')
}

const MIN_KEY = 32

export function tokenKey(): Finding {
  const name = 'token key'
  const key = env.TOKEN_SECRET_KEY
  if (key === null) return ok(name, 'made by Steward, in the data folder')
  if (key.length >= MIN_KEY) return ok(name, 'given as TOKEN_SECRET_KEY')
  const advice = `Remove it to have one made, or take at least ${MIN_KEY} characters: openssl rand -base64 48`
  return notice(name, `TOKEN_SECRET_KEY has only ${key.length} characters`, advice)
}

export async function portFree(): Promise<Finding> {
  const name = 'port'
  const where = `${env.HOST}:${env.PORT}`
  try {
    await tryPort(env.PORT, env.HOST)
    return ok(name, `${where} is free`)
  } catch (error) {
    const advice = 'Fine if that is Steward itself. Otherwise stop the other program, or set PORT and HOST.'
    return notice(name, `${where} cannot be opened: ${messageOf(error)}`, advice)
  }
}
