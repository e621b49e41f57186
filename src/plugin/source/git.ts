import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { env } from '../../config/env'
import { AppError, badRequest } from '../../common/errors'
import { isOnInternet } from '../../utils/internet-address'

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
 * redirects are off, and the address that was checked is the one that is asked.
 * @throws 500 `plugin.install_failed`
 */
export async function clone({ url, ref }: Repository, folder: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  const address = await publicAddressOf(hostname)
  const pinned = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}:${address}`
  const settings = [
    ...[
      'core.hooksPath=/dev/null',
      'protocol.allow=never',
      'protocol.http.allow=always',
      'protocol.https.allow=always',
    ],
    ...[
      'http.followRedirects=false',
      'core.symlinks=false',
      'credential.helper=',
      `http.curloptResolve=${pinned}`,
    ],
  ].flatMap((setting) => ['-c', setting])
  const what = [
    '--depth=1',
    '--no-tags',
    '--single-branch',
    ...(ref === undefined ? [] : [`--branch=${ref}`]),
  ]
  const args = ['clone', '--quiet', ...what, '--', url, folder]
  try {
    await promisify(execFile)('git', [...settings, ...args], { timeout: PATIENCE_MS, env: gitEnvironment() })
  } catch (cause) {
    throw new AppError('plugin.install_failed', { status: 500, cause })
  }
  await rm(join(folder, '.git'), { recursive: true, force: true })
}

/** Nothing of ours: git needs no secret, and must not ask for any. */
const gitEnvironment = () => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
})
