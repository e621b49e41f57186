import { Crud } from '#core'
import { Role } from '../model/role'

class RoleCrud extends Crud<Role> {}

export const roleCrud = new RoleCrud(Role)
