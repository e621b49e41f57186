import { createAdapter } from '@socket.io/redis-adapter'
import type Redis from 'ioredis'
import type { Namespace } from 'socket.io'
import { logger } from './logger'
import { connectRedis } from './redis'

export interface SocketBus {
  /** For the `adapter` option of socket.io. */
  adapter: (namespace: Namespace) => ReturnType<ReturnType<typeof createAdapter>>
  /** What was sent is delivered first. */
  close(): Promise<void>
}

/** Connects the sockets of all processes through Redis pub/sub. While Redis is away, events reach this process only. */
export function openSocketBus(): SocketBus {
  const publisher = connectRedis('subscriber')
  const subscriber = connectRedis('subscriber')
  forgive(publisher, 'publish')
  forgive(subscriber, 'subscribe')
  forgive(subscriber, 'psubscribe')
  return {
    adapter: createAdapter(publisher, subscriber, { key: 'fba:socket.io' }),
    close: async () => {
      // While Redis is away there is nobody to say goodbye to.
      if (publisher.status === 'ready') await publisher.quit().catch(() => publisher.disconnect())
      else publisher.disconnect()
      subscriber.disconnect()
    },
  }
}

/** The adapter leaves the promises of its commands alone: a connection that closes would end the process. */
function forgive(client: Redis, command: 'publish' | 'subscribe' | 'psubscribe'): void {
  const run = client[command].bind(client) as (...args: unknown[]) => Promise<unknown>
  Object.assign(client, {
    [command]: (...args: unknown[]) =>
      run(...args).catch((err: unknown) => {
        logger.warn('socket events are not exchanged with other processes', { err, command })
        return 0
      }),
  })
}
