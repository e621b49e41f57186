import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { isOnInternet } from '../utils/internet-address'

/**
 * Finds addresses on the internet only. Handed to whatever connects, so that they are looked at when the connection is
 * made, and a name cannot lead elsewhere the second time it is asked for. Who is given an address instead of a name
 * does not ask: see `mayBeAsked`.
 */
export const onlyOnInternet: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error || !first) return done(error ?? new Error(`${host} has no address`), '')
    if (!addresses.every(({ address }) => isOnInternet(address)))
      return done(new Error(`${host} is not on the internet`), '')
    if (options.all) return done(null, addresses)
    done(null, first.address, first.family)
  })
}

/** Whether the host of a URL is a name, or an address on the internet. */
export function mayBeAsked(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 || isOnInternet(bare)
}
