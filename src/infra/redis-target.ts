/** Where Redis is, in the words of the settings: a URL, or host and port, or a unix socket. */
export interface RedisPlace {
  /**
   * `redis://`, `rediss://` (TLS), `unix:///path`, `redis+sentinel://host:port,host:port/master/db`,
   * `redis+cluster://host:port,host:port`; `rediss+sentinel` and `rediss+cluster` speak TLS. Wins over the rest.
   */
  url?: string | null
  /** Path of a unix socket. */
  path?: string | null
  host?: string | null
  port?: number
  username?: string | null
  password?: string | null
  database?: number
  /** How TLS is spoken, where the place asks for it; by default with the authorities this machine knows. */
  tls?: RedisTls
}

/** Paths of files with PEM texts. */
export interface RedisTls {
  /** Certificates of the authority that signed those of the servers, beside the ones that are known anyway. */
  ca?: string | null
  /** Certificate and key by which we are known to servers that ask for them; both or none. */
  cert?: string | null
  key?: string | null
}

export interface RedisNode {
  host: string
  port: number
}

interface Access {
  username?: string
  password?: string
  database: number
}

/** A place after reading: what to connect to, and how to get in. */
export type RedisTarget = Access &
  (
    | { kind: 'socket'; path: string }
    | { kind: 'single'; node: RedisNode; tls: boolean }
    | { kind: 'sentinel'; nodes: RedisNode[]; master: string; sentinelPassword?: string; tls: boolean }
    | { kind: 'cluster'; nodes: RedisNode[]; tls: boolean }
  )

const SCHEMES = 'redis, rediss, unix, redis+sentinel, rediss+sentinel, redis+cluster, rediss+cluster'
// Not `new URL`: it refuses the list of hosts that Sentinel and Cluster need.
const URL_PARTS =
  /^(rediss?|unix|rediss?\+(?:sentinel|cluster)):\/\/(?:([^/?]*)@)?([^/?]*)(\/[^?]*)?(?:\?(.*))?$/

/** @throws Error with a sentence for the operator when the place cannot be understood */
export function redisTarget(place: RedisPlace): RedisTarget {
  if (place.url) return fromUrl(place.url)
  const access = { ...login(place.username, place.password), database: place.database ?? 0 }
  if (place.path) return { kind: 'socket', path: place.path, ...access }
  const node = { host: place.host || '127.0.0.1', port: place.port ?? 6379 }
  return { kind: 'single', node, tls: false, ...access }
}

/** The target for logs and messages: no password. */
export function describeTarget(target: RedisTarget): string {
  if (target.kind === 'socket') return target.path
  if (target.kind === 'single') return `${target.node.host}:${target.node.port}`
  const nodes = target.nodes.map((node) => `${node.host}:${node.port}`).join(',')
  return `${target.kind} ${nodes}`
}

function fromUrl(url: string): RedisTarget {
  const [, scheme, userinfo, hosts = '', path = '', query] = URL_PARTS.exec(url) ?? []
  if (!scheme) throw new Error(`The Redis URL is not understood. It starts with one of: ${SCHEMES}.`)
  const options = new URLSearchParams(query)
  const tls = scheme.startsWith('rediss')
  const [first = '', second = ''] = path.split('/').slice(1)
  if (scheme === 'unix') {
    if (!path)
      throw new Error('The Redis URL unix:// needs the path of the socket, like unix:///run/redis.sock.')
    return { kind: 'socket', path: decodeURIComponent(path), ...accessOf(userinfo, options.get('db')) }
  }
  if (scheme.endsWith('+cluster'))
    return { kind: 'cluster', nodes: nodesOf(hosts, 6379), tls, ...accessOf(userinfo, '0') }
  if (scheme.endsWith('+sentinel')) {
    if (!first)
      throw new Error(
        'The Redis URL for Sentinel needs the name of the master: redis+sentinel://host:26379/mymaster/0.',
      )
    const access = accessOf(userinfo, second || options.get('db'))
    const sentinelPassword = options.get('sentinel_password') ?? undefined
    return { kind: 'sentinel', nodes: nodesOf(hosts, 26379), master: first, sentinelPassword, tls, ...access }
  }
  const [node] = nodesOf(hosts || '127.0.0.1', 6379)
  if (!node) throw new Error('The Redis URL names no host.')
  return { kind: 'single', node, tls, ...accessOf(userinfo, first || options.get('db')) }
}

function nodesOf(hosts: string, defaultPort: number): RedisNode[] {
  return hosts.split(',').map((text) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text.trim()) ?? []
    const host = bracketed ?? plain
    if (!host)
      throw new Error(`The Redis URL names a host that is not understood: "${text}". Write host:port.`)
    return { host, port: port ? Number(port) : defaultPort }
  })
}

function accessOf(userinfo: string | undefined, database: string | null): Access {
  const [username, ...rest] = (userinfo ?? '').split(':')
  const text = database || '0'
  if (!/^\d+$/.test(text)) throw new Error(`The Redis URL names database "${text}", which is not a number.`)
  return { ...login(decode(username), decode(rest.join(':'))), database: Number(text) }
}

function decode(text: string | undefined): string {
  return decodeURIComponent(text ?? '')
}

function login(username?: string | null, password?: string | null): Omit<Access, 'database'> {
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) }
}
