import { Crud } from '#core'
import { DataRule } from '../model/data-rule'

class DataRuleCrud extends Crud<DataRule> {}

export const dataRuleCrud = new DataRuleCrud(DataRule)
