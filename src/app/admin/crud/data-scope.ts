import { Crud } from '#core'
import { DataScope } from '../model/data-scope'

class DataScopeCrud extends Crud<DataScope> {}

export const dataScopeCrud = new DataScopeCrud(DataScope)
