import { Socket } from 'node:net'

const closed = Symbol.for('steward.network-closed')
type Connect = (...args: unknown[]) => Socket

/** From here on a connection to anything but this machine fails, with a sentence that names the address. */
export function closeNetwork(): void {
  const prototype: { connect: Connect; [closed]?: true } = Socket.prototype as never
  if (prototype[closed]) return
  prototype[closed] = true
  const connect = prototype.connect
  prototype.connect = function (this: Socket, ...args: unknown[]) {
    const host = hostOf(args)
    if (isLocal(host)) return connect.apply(this, args)
    const error = new Error(`Tests may not reach the network: ${host}`)
    process.nextTick(() => this.destroy(error))
    return this
  }
}

/** `net` calls itself with its arguments wrapped in a list: `[[options, callback]]`. */
function hostOf(args: unknown[]): string {
  const [first, second] = args
  if (Array.isArray(first)) return hostOf(first)
  if (typeof first === 'object' && first !== null) {
    const options = first as { host?: string; path?: string }
    return options.path ? 'localhost' : (options.host ?? 'localhost')
  }
  return typeof second === 'string' ? second : 'localhost'
}

const isLocal = (host: string) =>
  host === 'localhost' || host === '::1' || host.startsWith('127.') || host === '0.0.0.0'
