import { SecretBox, isSecretSetting } from '#core'

/** What stands in place of a secret, and what says "leave it as it is" when it comes back. */
export const HIDDEN = '******'

/** Whether a row holds a secret: one that was sealed stays one, although nobody may be left who declares its key. */
export const isSecret = ({ key, value }: { key: string; value: string }): boolean =>
  isSecretSetting(key) || SecretBox.isSealed(value)
