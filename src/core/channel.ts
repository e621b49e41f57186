import type { Call } from './call'
import { ExtensionPoint } from './extension-point'

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
  /** How the words are written; a channel that shows no more than text leaves the signs in it. `text` unless given. */
  format?: 'text' | 'markdown'
  /** What stands above the words, where the channel has a place for it. */
  title?: string
  /** Names this delivery: one that was handed over under the same key is not repeated, where the channel can tell. */
  key?: string
}

/** Where plugins put their ways to reach somebody. */
export const channels = new ExtensionPoint<Channel>('notification channel')
