import { declareModule } from '../core/module'
import { pluginRoutes } from './api/plugin'
import { PluginRow } from './model/plugin'

/** The pages about plugins; what looks after them is in `live.ts`. */
export default declareModule({ name: 'plugin', routes: pluginRoutes, models: [PluginRow] })
