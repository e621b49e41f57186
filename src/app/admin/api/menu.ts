import { data, id, nothing, route, z } from '#core'
import { MenuDetail, MenuList, MenuTree, SaveMenu, SidebarNode } from '../schema/menu'
import * as menuService from '../service/menu'
import * as sidebarService from '../service/sidebar'

const params = z.object({ pk: id() })

export const getSidebar = route({
  method: 'get',
  path: '/sys/menus/sidebar',
  title: 'Get own sidebar',
  description: 'Every page the console may show to the caller; buttons are left out.',
  access: 'signed_in',
  before_mfa: true,
  reply: data(z.array(SidebarNode)),
  handle: (call) => sidebarService.sidebar(call),
})

export const getMenu = route({
  method: 'get',
  path: '/sys/menus/:pk',
  title: 'Get a menu',
  access: 'signed_in',
  params,
  reply: data(MenuDetail),
  errors: ['menu.not_found'],
  handle: (call, { params }) => menuService.get(call, params.pk),
})

export const listMenus = route({
  method: 'get',
  path: '/sys/menus',
  title: 'List menus and buttons as a tree',
  access: 'signed_in',
  query: MenuList,
  reply: data(z.array(MenuTree)),
  handle: (call, { query }) => menuService.tree(call, query),
})

export const createMenu = route({
  method: 'post',
  path: '/sys/menus',
  title: 'Create a menu',
  access: 'sys:menu:add',
  body: SaveMenu,
  reply: nothing(),
  errors: ['menu.title_taken', 'menu.parent_not_found'],
  handle: (call, { body }) => menuService.create(call, body),
})

export const updateMenu = route({
  method: 'put',
  path: '/sys/menus/:pk',
  title: 'Update a menu',
  access: 'sys:menu:edit',
  params,
  body: SaveMenu,
  reply: nothing(),
  errors: ['menu.not_found', 'menu.title_taken', 'menu.parent_not_found', 'menu.self_parent'],
  handle: (call, { params, body }) => menuService.update(call, params.pk, body),
})

export const deleteMenu = route({
  method: 'delete',
  path: '/sys/menus/:pk',
  title: 'Delete a menu',
  access: 'sys:menu:del',
  params,
  reply: nothing(),
  errors: ['menu.has_children'],
  handle: (call, { params }) => menuService.remove(call, params.pk),
})

export const menuRoutes = [getSidebar, getMenu, listMenus, createMenu, updateMenu, deleteMenu]
