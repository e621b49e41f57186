import { isSecretKey } from '../common/redact'
import { liveSettingNamed } from '../config/live'
import { mountedModules } from './working-modules'

/** Whether a setting is a secret: as its name gives away, or as a module declares it, be it switched off or not. */
export const isSecretSetting = (name: string): boolean =>
  isSecretKey(name) ||
  liveSettingNamed(name)?.secret === true ||
  mountedModules().some(({ settings }) => settings?.settings[name]?.secret === true)
