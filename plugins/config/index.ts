import { module, takeSettingsFrom } from '#core'
import { configRoutes } from './api/config'
import { Config } from './model/config'
import { texts } from './service/live'

/** Settings that operators change while Steward runs; they count more than environment and file. */
export default module({
  name: 'config',
  routes: configRoutes,
  models: [Config],
  start: () => {
    const giveBack = takeSettingsFrom(texts)
    return Promise.resolve(() => Promise.resolve(giveBack()))
  },
})
