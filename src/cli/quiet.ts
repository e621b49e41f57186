import { isDebugging, presetSetting } from '../config/environment'

/**
 * A command says itself what it does: the log would only repeat it, and break output that other programs read.
 * Call it before anything that reads settings is imported.
 */
export function keepLogQuiet(): void {
  if (!isDebugging()) presetSetting('LOG_STD_LEVEL', 'OFF')
}
