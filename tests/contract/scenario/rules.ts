import { dataRuleCrud } from '../../../src/app/admin/crud/data-rule'
import { dataScopeCrud } from '../../../src/app/admin/crud/data-scope'
import { dataScopeRuleCrud, roleDataScopeCrud, roleMenuCrud } from '../../../src/app/admin/crud/links'
import { reader } from '../../../src/infra/database'
import { buildMenu, buildRole, unique } from '#testing'
import { NOBODY, type Scenarios } from './turn'

export const rule = (values: object = {}) => ({
  name: unique('rule'),
  model: 'Dept',
  column: 'name',
  operator: 0,
  expression: 0,
  value: 'Sales',
  ...values,
})

export const scope = (values: object = {}) => ({ name: unique('scope'), status: 1, ...values })

export const buildRule = () => dataRuleCrud.create(reader(), rule())

/** A scope with one rule. */
export async function buildScope() {
  const made = await dataScopeCrud.create(reader(), scope())
  const { id } = await buildRule()
  await dataScopeRuleCrud.create(reader(), { data_scope_id: made.id, data_rule_id: id })
  return made
}

/** A role with a menu and a scope. */
export async function roleWithScopes() {
  const made = await buildRole()
  await roleMenuCrud.create(reader(), { role_id: made.id, menu_id: (await buildMenu()).id })
  await roleDataScopeCrud.create(reader(), { role_id: made.id, data_scope_id: (await buildScope()).id })
  return made
}

const meaningful = ['model', 'column', 'value']

export const ruleScenarios: Scenarios = {
  'GET /sys/data-rules/models': { prepare: () => ({}) },
  'GET /sys/data-rules/models/{model}/columns': {
    prepare: () => ({ path: { model: 'Dept' } }),
    errors: { 'E404-rule-model': { prepare: () => ({ path: { model: 'Nothing' } }) } },
  },
  'GET /sys/data-rules/value-template-variables': { prepare: () => ({}) },
  'GET /sys/data-rules/all': {
    prepare: async () => {
      await buildRule()
      return {}
    },
  },
  'GET /sys/data-rules/{pk}': {
    prepare: async () => ({ path: { pk: (await buildRule()).id } }),
    errors: { 'E404-rule': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
  'GET /sys/data-rules': { prepare: async () => ({ query: { name: (await buildRule()).name } }) },
  'POST /sys/data-rules': {
    meaningful,
    prepare: () => ({ body: rule() }),
    errors: { 'E409-rule': { prepare: async () => ({ body: rule({ name: (await buildRule()).name }) }) } },
  },
  'PUT /sys/data-rules/{pk}': {
    meaningful,
    prepare: async () => ({ path: { pk: (await buildRule()).id }, body: rule() }),
    errors: {
      'E404-rule': { prepare: () => ({ path: { pk: NOBODY }, body: rule() }) },
      'E409-rule': {
        prepare: async () => ({
          path: { pk: (await buildRule()).id },
          body: rule({ name: (await buildRule()).name }),
        }),
      },
    },
  },
  'DELETE /sys/data-rules': { prepare: async () => ({ body: { pks: [(await buildRule()).id] } }) },
}

export const scopeScenarios: Scenarios = {
  'GET /sys/data-scopes/all': {
    prepare: async () => {
      await buildScope()
      return {}
    },
  },
  'GET /sys/data-scopes/{pk}': {
    prepare: async () => ({ path: { pk: (await buildScope()).id } }),
    errors: { 'E404-scope': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
  'GET /sys/data-scopes/{pk}/rules': {
    prepare: async () => ({ path: { pk: (await buildScope()).id } }),
    errors: { 'E404-scope': { prepare: () => ({ path: { pk: NOBODY } }) } },
  },
  'GET /sys/data-scopes': { prepare: async () => ({ query: { name: (await buildScope()).name } }) },
  'POST /sys/data-scopes': {
    prepare: () => ({ body: scope() }),
    errors: { 'E409-scope': { prepare: async () => ({ body: scope({ name: (await buildScope()).name }) }) } },
  },
  'PUT /sys/data-scopes/{pk}': {
    prepare: async () => ({ path: { pk: (await buildScope()).id }, body: scope() }),
    errors: {
      'E404-scope': { prepare: () => ({ path: { pk: NOBODY }, body: scope() }) },
      'E409-scope': {
        prepare: async () => ({
          path: { pk: (await buildScope()).id },
          body: scope({ name: (await buildScope()).name }),
        }),
      },
    },
  },
  'PUT /sys/data-scopes/{pk}/rules': {
    prepare: async () => ({
      path: { pk: (await buildScope()).id },
      body: { rules: [(await buildRule()).id] },
    }),
    errors: {
      'E404-scope': { prepare: () => ({ path: { pk: NOBODY }, body: { rules: [] } }) },
      'E404-rule': {
        prepare: async () => ({ path: { pk: (await buildScope()).id }, body: { rules: [NOBODY] } }),
      },
    },
  },
  'DELETE /sys/data-scopes': { prepare: async () => ({ body: { pks: [(await buildScope()).id] } }) },
}
