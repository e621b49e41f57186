import type { DataKey } from '../config/keys'
import { SecretBox } from './secret-box'

let box: SecretBox | undefined

/** Sets the keys of everything that is stored encrypted; to be called once, at start. */
export function initSecrets(keys: readonly DataKey[]): void {
  box = new SecretBox(keys)
}

/** Seals and opens what is stored encrypted. */
export function secrets(): SecretBox {
  if (!box) throw new Error('initSecrets() has not been called')
  return box
}
