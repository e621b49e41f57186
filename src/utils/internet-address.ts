import { BlockList, isIP } from 'node:net'

/** Networks that are no part of the internet: this machine, private ones, and those with a meaning of their own. */
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
// Documentation, and 6to4, behind which stands an address of the kind above.
inside.addSubnet('2001:db8::', 32, 'ipv6')
inside.addSubnet('2002::', 16, 'ipv6')

/** Of IPv6 only this part is routed on the internet. */
const routed = new BlockList()
routed.addSubnet('2000::', 3, 'ipv6')

/**
 * Whether an address lies on the internet, and not on this machine or in its network: what a request that somebody else
 * asks for may be sent to. Whatever is no address does not.
 */
export function isOnInternet(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !inside.check(address, 'ipv4')
  return family === 6 && routed.check(address, 'ipv6') && !inside.check(address, 'ipv6')
}

/**
 * The network that one client has to itself: of an IPv6 address the first 64 bits, since whoever has one such address
 * has all of them, and any other text as it is.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [before = '', after] = address.split('::')
  const groupsOf = (part: string) => part.split(':').filter((group) => group !== '')
  const [first, last] = [groupsOf(before), groupsOf(after ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  const groups = [...first, ...zeros, ...last].slice(0, 4)
  return `${groups.map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`
}
