import { isSecretKey, liveSettingNamed } from '#core'

/** What stands in place of a secret, and what says "leave it as it is" when it comes back. */
export const HIDDEN = '******'

/** Whether the value of this key is a secret: as its declaration says, or as its name gives away. */
export const isSecret = (key: string): boolean => liveSettingNamed(key)?.secret === true || isSecretKey(key)
