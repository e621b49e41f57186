import type { Call } from './call'

/** A way to reach somebody outside: text messages, chat, push. Plugins bring them; mail has its own plugin. */
export interface Channel {
  /** e.g. `sms` */
  name: string
  /**
   * Delivers words to an address the channel understands (for `sms` a phone number).
   * @throws when they could not be handed over
   */
  send(call: Call, to: string, words: string, options?: ChannelOptions): Promise<void>
}

export interface ChannelOptions {
  /** What stands above the words, where the channel has a place for it. */
  title?: string
  /** Names this delivery: one that was handed over under the same key is not repeated, where the channel can tell. */
  key?: string
}

const channels = new Map<string, Channel>()

/**
 * Makes a channel available in this process; call it from a module's `start`.
 * @returns what takes it away again, for the module's stop
 * @throws when the name is taken
 */
export function addChannel(channel: Channel): () => void {
  if (channels.has(channel.name)) throw new Error(`notification channel ${channel.name} exists already`)
  channels.set(channel.name, channel)
  return () => {
    if (channels.get(channel.name) === channel) channels.delete(channel.name)
  }
}

/** The channel of this name, or null where no plugin brings one. */
export const channelNamed = (name: string): Channel | null => channels.get(name) ?? null
