import { Crud } from '#core'
import { Menu } from '../model/menu'

class MenuCrud extends Crud<Menu> {}

export const menuCrud = new MenuCrud(Menu)
