import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP gate before a real server: a test can cut it off, or let it fall silent, without touching the server. */
export class Gate {
  readonly #pairs = new Set<[Socket, Socket]>()
  #server: Server | undefined
  #isSilent = false
  port = 0

  constructor(private readonly target: { host: string; port: number }) {}

  /** Connections are let through, from now on or again. */
  async open(): Promise<void> {
    this.#isSilent = false
    for (const pair of this.#pairs) for (const socket of pair) socket.resume()
    if (this.#server) return
    this.#server = createServer((near) => this.#join(near)).listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (typeof address === 'object' && address) this.port = address.port
  }

  /** As when the server was killed: what is open breaks, new connections are refused. */
  async cut(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy()
    if (!server) return
    server.close()
    await once(server, 'close')
  }

  /** As when the server froze: connections are accepted and stay open, and nothing is ever answered. */
  silence(): void {
    this.#isSilent = true
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  #join(near: Socket): void {
    const far = connect(this.target)
    const pair: [Socket, Socket] = [near, far]
    this.#pairs.add(pair)
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (bytes) => to.write(bytes))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        this.#pairs.delete(pair)
      })
      if (this.#isSilent) from.pause()
    }
  }
}
