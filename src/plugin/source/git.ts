import { lookup } from 'node:dns/promises'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { env } from '../../config/env'
import { AppError, badRequest } from '../../common/errors'
import { isOnInternet } from '../../utils/internet-address'
import { Allowance } from './allowance'
import { git, whileSmall } from './git-run'

const ADDRESS = /^(https?:\/\/[^/?#\s@]+(?:\/[\w.~-]+)*\/([\w-]+?)(?:\.git)?)(?:#(\w[\w./-]*))?$/i
const PATIENCE_MS = 60_000

export interface Repository {
  url: string
  name: string
  /** Branch or tag; undefined for what the repository shows first. */
  ref: string | undefined
}

/** Reads `https://host/path/name.git`, with `#branch` or `#tag` behind it where wanted. @throws 400 `plugin.git_url` */
export function repositoryAt(text: string): Repository {
  const [, url, name, ref] = ADDRESS.exec(text) ?? []
  if (url === undefined || name === undefined || !URL.canParse(url)) throw badRequest('plugin.git_url')
  return { url, name, ref }
}

/**
 * An address of the host that may be asked: not of this machine, not of a private network.
 * @throws 400 `plugin.git_address`
 */
export async function publicAddressOf(host: string): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '')
  const found = await lookup(bare, { all: true }).catch(() => [])
  const isAllowed = env.PLUGIN_GIT_HOSTS.includes(bare)
  const [first] = found
  if (!first || (!isAllowed && !found.every(({ address }) => isOnInternet(address))))
    throw badRequest('plugin.git_address')
  return first.address
}

/**
 * Clones the last state of a repository into a folder that is not there yet. Hooks, submodules, other protocols and
 * redirects are off, the address that was checked is the one that is asked, and no more is unpacked than a plugin needs.
 * @throws 400 `plugin.zip_content`, `plugin.zip_too_large`, 500 `plugin.install_failed`, `plugin.git_version`
 */
export async function clone({ url, ref }: Repository, folder: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  const address = await publicAddressOf(hostname)
  const pinned = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}:${address}`
  const settings = settingsFor(pinned)
  const what = [
    '--depth=1',
    '--no-tags',
    '--single-branch',
    ...(ref === undefined ? [] : [`--branch=${ref}`]),
  ]
  try {
    const late = AbortSignal.timeout(PATIENCE_MS)
    await mustBeNew(late)
    await whileSmall(folder, (tooLarge) =>
      git([...settings, 'clone', '--quiet', '--no-checkout', ...what, '--', url, folder], {
        signal: AbortSignal.any([late, tooLarge]),
      }),
    )
    await git(['-C', folder, ...settings, 'ls-tree', '-r', '-l', '-z', 'HEAD'], {
      signal: late,
      onOutput: countEntries(basename(folder)),
    })
    await git(['-C', folder, ...settings, 'reset', '--quiet', '--hard'], { signal: late })
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('plugin.install_failed', { status: 500, cause })
  }
  await rm(join(folder, '.git'), { recursive: true, force: true })
}

const settingsFor = (pinned: string): string[] =>
  [
    'core.hooksPath=/dev/null',
    'protocol.allow=never',
    'protocol.http.allow=always',
    'protocol.https.allow=always',
    'http.followRedirects=false',
    'core.symlinks=false',
    'credential.helper=',
    `http.curloptResolve=${pinned}`,
  ].flatMap((setting) => ['-c', setting])

/** An older git asks whatever address it finds itself. @throws 500 `plugin.git_version` */
async function mustBeNew(signal: AbortSignal): Promise<void> {
  let text = ''
  await git(['--version'], { signal, onOutput: (part) => (text += part) })
  if (!canPin(text))
    throw new AppError('plugin.git_version', { status: 500, params: { version: text.trim() } })
}

/** Whether a git takes the address that it is to ask, since 2.37. @param text what `git --version` says */
export function canPin(text: string): boolean {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text) ?? []).map(Number)
  return major > 2 || (major === 2 && minor >= 37)
}

/** Takes what `ls-tree -l -z` writes, before any of it is unpacked. @throws 400 as `Allowance` */
function countEntries(root: string): (part: string) => void {
  const allowance = new Allowance()
  let rest = ''
  return (part) => {
    const entries = (rest + part).split('\0')
    rest = entries.pop() ?? ''
    for (const entry of entries) {
      const tab = entry.indexOf('\t')
      // A submodule has no size, and is not brought.
      const size = Number(entry.slice(0, tab).split(/ +/)[3]) || 0
      allowance.take(`${root}/${entry.slice(tab + 1)}`, size)
    }
  }
}
