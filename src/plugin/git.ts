import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { env } from '../config/env'
import { AppError, badRequest } from '../common/errors'

const ADDRESS = /^https?:\/\/[^/?#\s@]+(?:\/[\w.~-]+)*\/([\w-]+?)(?:\.git)?$/i
const PATIENCE_MS = 60_000

/** The name of the repository. @throws 400 `plugin.git_url` */
export function nameOfRepository(url: string): string {
  const name = ADDRESS.exec(url)?.[1]
  if (name === undefined || !URL.canParse(url)) throw badRequest('plugin.git_url')
  return name
}

/** Networks behind the firewall: an address there would let whoever may install look around inside. */
const inside = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(net, bits, 'ipv6')

/**
 * An address of the host that may be asked: not of this machine, not of a private network.
 * @throws 400 `plugin.git_address`
 */
export async function publicAddressOf(host: string): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '')
  const found = await lookup(bare, { all: true }).catch(() => [])
  const isAllowed = env.PLUGIN_GIT_HOSTS.includes(bare)
  const [first] = found
  if (!first || (!isAllowed && found.some(({ address }) => isInside(address))))
    throw badRequest('plugin.git_address')
  return first.address
}

export function isInside(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isInside(mapped)
  return inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Clones the last state of a repository into a folder that is not there yet. Hooks, submodules, other protocols and
 * redirects are off, and the address that was checked is the one that is asked.
 * @throws 500 `plugin.install_failed`
 */
export async function clone(url: string, folder: string): Promise<void> {
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
  const args = ['clone', '--quiet', '--depth=1', '--no-tags', '--single-branch', '--', url, folder]
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
