import { BlockList, isIP } from 'node:net'
import Ip2Region from 'ip2region'
import { LRUCache } from 'lru-cache'
import { env } from '../config/env'

/** Where an address is, in Chinese as the table has it; null where the table does not say. */
export interface Location {
  country: string | null
  region: string | null
  city: string | null
}

const NOWHERE: Location = { country: null, region: null, city: null }
/** The word the ancestor's pages know for addresses of the own network. */
const AT_HOME: Location = { ...NOWHERE, city: '内网IP' }

const home = new BlockList()
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  home.addSubnet(network, prefix, 'ipv4')
}
home.addAddress('::1', 'ipv6')
home.addSubnet('fc00::', 7, 'ipv6')
home.addSubnet('fe80::', 10, 'ipv6')

/** Read at the first question: the table takes 11 MB, and not every process is asked. */
let table: Ip2Region | undefined
const known = new LRUCache<string, Location>({ max: 2000 })

/** Looks up an address, IPv4 or IPv6, in the table that comes with Steward. Nothing is sent anywhere. */
export function locate(ip: string, mode: 'offline' | 'false' = env.IP_LOCATION_PARSE): Location {
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  const version = isIP(address)
  if (mode === 'false' || version === 0) return NOWHERE
  const remembered = known.get(address)
  if (remembered) return remembered
  const found = home.check(address, version === 4 ? 'ipv4' : 'ipv6') ? AT_HOME : lookUp(address)
  known.set(address, found)
  return found
}

function lookUp(address: string): Location {
  table ??= new Ip2Region()
  const found = table.search(address)
  if (!found) return NOWHERE
  return { country: filled(found.country), region: filled(found.province), city: filled(found.city) }
}

const filled = (text: string) => (text === '' || text === '0' ? null : text)
