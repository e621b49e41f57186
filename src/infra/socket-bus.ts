import { createAdapter } from '@socket.io/redis-adapter'
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
  // The adapter leaves the promise of a publish alone: a connection that closes would end the process.
  const publish = publisher.publish.bind(publisher)
  publisher.publish = (channel: string | Buffer, message: string | Buffer) =>
    publish(channel, message).catch((err: unknown) => {
      logger.warn('a socket event could not be sent to other processes', { err })
      return 0
    })
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
