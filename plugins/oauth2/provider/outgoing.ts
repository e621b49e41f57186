import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import Wreck from '@hapi/wreck'
import { AppError } from '#core'
import type { Live } from '../config'

/** No honest answer of a provider is larger. */
const MAX_BYTES = 1_000_000

const inside = new BlockList()
for (const [network, bits] of [
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
  inside.addSubnet(network, bits, 'ipv4')
// Of IPv6 only what is routed on the internet is outside.
const internet = new BlockList()
internet.addSubnet('2000::', 3, 'ipv6')
for (const [network, bits] of [
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  inside.addSubnet(network, bits, 'ipv6')

/** Whether an address belongs to this machine, its network, or nobody. */
export function isInside({ address, family }: Pick<LookupAddress, 'address' | 'family'>): boolean {
  if (family === 4) return inside.check(address, 'ipv4')
  return !internet.check(address, 'ipv6') || inside.check(address, 'ipv6')
}

/** Looked at when the connection is made, so that a name cannot lead elsewhere the second time it is asked for. */
const outsideOnly: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error || !first) return done(error ?? new Error(`${host} has no address`), '')
    if (addresses.some(isInside)) return done(new Error(`${host} is not on the internet`), '')
    if (options.all) return done(null, addresses)
    done(null, first.address, first.family)
  })
}

/** How a provider may be asked: bounded in time and size, following nothing, and only out on the internet. */
export function outgoing(address: string, live: Live) {
  const { protocol, hostname } = new URL(address)
  const limits = { timeout: live.OAUTH2_TIMEOUT * 1000, maxBytes: MAX_BYTES, redirects: false as const }
  if (live.OAUTH2_ALLOW_PRIVATE_HOSTS) return limits
  if (protocol !== 'https:') throw failed(new Error(`${address} is not https`))
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) throw failed(new Error(`${address} names no host`))
  return { ...limits, lookup: outsideOnly }
}

/** Reads JSON from a provider. @throws 502 `oauth2.provider_failed` */
export async function ask(address: string, live: Live, token?: string): Promise<unknown> {
  const headers = {
    accept: 'application/json',
    'user-agent': 'Steward', // GitHub refuses whoever does not say
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const options = outgoing(address, live)
  try {
    const { payload } = await Wreck.get<unknown>(address, { ...options, headers, json: 'force' })
    return payload
  } catch (error) {
    throw failed(error)
  }
}

/** @param cause goes into the log; what it carries beside its words (requests, secrets) does not */
export function failed(cause: unknown): AppError {
  const words = cause instanceof Error ? cause.message : String(cause)
  return new AppError('oauth2.provider_failed', { status: 502, cause: new Error(words) })
}
