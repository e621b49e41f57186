import { deptCrud } from '../../../src/app/admin/crud/dept'
import { roleMenuCrud } from '../../../src/app/admin/crud/links'
import { reader } from '../../../src/infra/database'
import { buildDept, buildMenu, buildRole, buildUser, clientOf, unique } from '#testing'
import { buildScope, roleWithScopes } from './rules'
import { NOBODY, type Scenarios } from './turn'

export const dept = (values: object = {}) => ({
  name: unique('dept'),
  parent_id: null,
  sort: 1,
  leader: 'Ann',
  phone: '13800138000',
  email: 'ann@example.com',
  status: 1,
  ...values,
})

export const menu = (values: object = {}) => ({
  title: unique('title'),
  name: unique('name'),
  path: '/somewhere',
  parent_id: null,
  sort: 1,
  icon: 'mdi:home',
  type: 1,
  component: '/system/user/index.vue',
  perms: null,
  status: 1,
  display: 1,
  cache: 1,
  link: 'https://example.com/doc',
  remark: 'a remark',
  ...values,
})

export const role = (values: object = {}) => ({
  name: unique('role').slice(0, 32),
  status: 1,
  is_filter_scopes: false,
  remark: 'a remark',
  ...values,
})

const fullDept = async (values: object = {}) => {
  const { parent_id, sort, leader, phone, email } = dept(values)
  const made = await buildDept({ parent_id, sort, ...values })
  await deptCrud.update(reader(), made.id, { leader, phone, email })
  return made
}

/** A menu with a child, both held by a new role. */
const roleWithMenus = async () => {
  const made = await buildRole()
  const parent = await buildMenu({ type: 0, link: 'https://example.com', path: '/top' })
  const child = await buildMenu({ type: 1, parent_id: parent.id })
  for (const { id } of [parent, child]) await roleMenuCrud.create(reader(), { role_id: made.id, menu_id: id })
  return made
}

export const deptScenarios: Scenarios = {
  'GET /sys/depts/{pk}': {
    prepare: async () => ({ path: { pk: (await fullDept()).id } }),
    errors: { 'E404-dept': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
  'GET /sys/depts': {
    prepare: async () => {
      const parent = await fullDept()
      await fullDept({ parent_id: parent.id })
      return {}
    },
  },
  'POST /sys/depts': {
    prepare: async () => ({ body: dept({ parent_id: (await buildDept()).id }) }),
    errors: {
      'E409-dept': { prepare: async () => ({ body: dept({ name: (await buildDept()).name }) }) },
      'E404-parent-dept': { prepare: () => ({ body: dept({ parent_id: NOBODY }) }) },
    },
  },
  'PUT /sys/depts/{pk}': {
    prepare: async () => ({
      path: { pk: (await buildDept()).id },
      body: dept({ parent_id: (await buildDept()).id }),
    }),
    errors: {
      'E404-dept': { prepare: () => ({ path: { pk: NOBODY }, body: dept() }) },
      'E409-dept': {
        prepare: async () => ({
          path: { pk: (await buildDept()).id },
          body: dept({ name: (await buildDept()).name }),
        }),
      },
      'E404-parent-dept': {
        prepare: async () => ({ path: { pk: (await buildDept()).id }, body: dept({ parent_id: NOBODY }) }),
      },
      'E403-self-parent': {
        prepare: async () => {
          const { id } = await buildDept()
          return { path: { pk: id }, body: dept({ parent_id: id }) }
        },
      },
    },
  },
  'DELETE /sys/depts/{pk}': {
    prepare: async () => ({ path: { pk: (await buildDept()).id } }),
    errors: {
      'E404-dept': { prepare: () => ({ path: { pk: NOBODY } }) },
      'E409-dept-users': {
        prepare: async () => {
          const { id } = await buildDept()
          await buildUser({ dept_id: id })
          return { path: { pk: id } }
        },
      },
      'E409-dept-children': {
        prepare: async () => {
          const { id } = await buildDept()
          await buildDept({ parent_id: id })
          return { path: { pk: id } }
        },
      },
    },
  },
}

export const menuScenarios: Scenarios = {
  'GET /sys/menus/sidebar': {
    prepare: async () => {
      const { id } = await roleWithMenus()
      return { as: await clientOf(await buildUser({}, [id])) }
    },
  },
  'GET /sys/menus/{pk}': {
    prepare: async () => ({ path: { pk: (await buildMenu({ perms: 'a:b' })).id } }),
    errors: { 'E404-menu': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
  'GET /sys/menus': { prepare: () => ({}) },
  'POST /sys/menus': {
    prepare: async () => ({ body: menu({ parent_id: (await buildMenu({ type: 0 })).id }) }),
    errors: {
      'E409-menu': { prepare: async () => ({ body: menu({ title: (await buildMenu()).title }) }) },
      'E404-parent-menu': { prepare: () => ({ body: menu({ parent_id: NOBODY }) }) },
    },
  },
  'PUT /sys/menus/{pk}': {
    prepare: async () => ({
      path: { pk: (await buildMenu()).id },
      body: menu({ parent_id: (await buildMenu({ type: 0 })).id }),
    }),
    errors: {
      'E404-menu': { prepare: () => ({ path: { pk: NOBODY }, body: menu() }) },
      'E409-menu': {
        prepare: async () => ({
          path: { pk: (await buildMenu()).id },
          body: menu({ title: (await buildMenu()).title }),
        }),
      },
      'E404-parent-menu': {
        prepare: async () => ({ path: { pk: (await buildMenu()).id }, body: menu({ parent_id: NOBODY }) }),
      },
      'E403-self-parent': {
        prepare: async () => {
          const { id } = await buildMenu()
          return { path: { pk: id }, body: menu({ parent_id: id }) }
        },
      },
    },
  },
  'DELETE /sys/menus/{pk}': {
    prepare: async () => ({ path: { pk: (await buildMenu()).id } }),
    errors: {
      'E409-menu-children': {
        prepare: async () => {
          const { id } = await buildMenu({ type: 0 })
          await buildMenu({ parent_id: id })
          return { path: { pk: id } }
        },
      },
    },
  },
}

const toRole = (error: string, body?: () => object) => ({
  [error]: { prepare: () => ({ path: { pk: NOBODY }, ...(body && { body: body() }) }) },
})

export const roleScenarios: Scenarios = {
  'GET /sys/roles/all': {
    prepare: async () => {
      await buildRole()
      return {}
    },
  },
  'GET /sys/roles/{pk}/menus': {
    prepare: async () => ({ path: { pk: (await roleWithMenus()).id } }),
    errors: toRole('E404-role'),
  },
  'GET /sys/roles/{pk}/scopes': {
    prepare: async () => ({ path: { pk: (await roleWithScopes()).id } }),
    errors: toRole('E404-role'),
  },
  'GET /sys/roles/{pk}': {
    prepare: async () => ({ path: { pk: (await roleWithScopes()).id } }),
    errors: toRole('E404-role'),
  },
  'GET /sys/roles': { prepare: async () => ({ query: { name: (await buildRole()).name } }) },
  'POST /sys/roles': {
    prepare: () => ({ body: role() }),
    errors: { 'E409-role': { prepare: async () => ({ body: role({ name: (await buildRole()).name }) }) } },
  },
  'PUT /sys/roles/{pk}': {
    prepare: async () => ({ path: { pk: (await buildRole()).id }, body: role() }),
    errors: {
      ...toRole('E404-role', role),
      'E409-role': {
        prepare: async () => ({
          path: { pk: (await buildRole()).id },
          body: role({ name: (await buildRole()).name }),
        }),
      },
    },
  },
  'PUT /sys/roles/{pk}/menus': {
    prepare: async () => ({
      path: { pk: (await buildRole()).id },
      body: { menus: [(await buildMenu()).id, (await buildMenu()).id] },
    }),
    errors: {
      ...toRole('E404-role', () => ({ menus: [] })),
      'E404-menu': {
        prepare: async () => ({ path: { pk: (await buildRole()).id }, body: { menus: [NOBODY] } }),
      },
    },
  },
  'PUT /sys/roles/{pk}/scopes': {
    prepare: async () => ({
      path: { pk: (await buildRole()).id },
      body: { scopes: [(await buildScope()).id] },
    }),
    errors: {
      ...toRole('E404-role', () => ({ scopes: [] })),
      'E404-scope': {
        prepare: async () => ({ path: { pk: (await buildRole()).id }, body: { scopes: [NOBODY] } }),
      },
    },
  },
  'DELETE /sys/roles': { prepare: async () => ({ body: { pks: [(await buildRole()).id] } }) },
}
