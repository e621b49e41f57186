import { module } from '#core'
import { dictDataRoutes } from './api/dict-data'
import { dictTypeRoutes } from './api/dict-type'
import { DictData } from './model/dict-data'
import { DictType } from './model/dict-type'

/** Dictionaries: the values that pages offer for a field, with label, colour and order. */
export default module({
  name: 'dict',
  routes: [...dictTypeRoutes, ...dictDataRoutes],
  models: [DictType, DictData],
})
