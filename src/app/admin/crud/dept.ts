import { Crud } from '#core'
import { Dept } from '../model/dept'

class DeptCrud extends Crud<Dept> {}

export const deptCrud = new DeptCrud(Dept)
