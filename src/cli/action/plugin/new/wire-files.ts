import { codeOf, kebab, modelOf, pascal, pathOf, camel, plural, words, type Blueprint } from './blueprint'
import { filtersOf, valuesName, writingOf } from './kinds'
import { file, imports, list, quoted } from './print'

/** `api`, `schema` and `index.ts`: what a plugin brings onto the wire. */
export function wireFiles(plan: Blueprint): Record<string, string> {
  const name = kebab(plan.entity)
  return {
    'index.ts': index(plan),
    [`schema/${name}.ts`]: schema(plan),
    [`api/${name}.ts`]: [head, reading, saving, deleting].map((part) => part(plan)).join('\n'),
  }
}

function index(plan: Blueprint): string {
  const { name, entity } = plan
  return file(
    "import { module } from '#core'",
    `import { ${camel(entity)}Routes } from './api/${kebab(entity)}'`,
    `import { ${modelOf(plan)} } from './model/${kebab(entity)}'`,
    '',
    'export default module({',
    `  name: '${name}',`,
    `  routes: ${camel(entity)}Routes,`,
    `  models: [${modelOf(plan)}],`,
    '})',
  )
}

function schema({ entity, fields }: Blueprint): string {
  const type = pascal(entity)
  const enums = fields.filter(({ kind }) => kind === 'enum')
  const values = enums.map((one) =>
    list(`const ${valuesName(one)} = `, '[]', quoted(one.values), ' as const'),
  )
  const body = file(
    `export const ${type}Detail = z.object({`,
    '  id: id(),',
    ...fields.map((one) => `  ${one.name}: ${writingOf(one).shown}${one.nullable ? '.nullable()' : ''},`),
    '  created_time: timestamp(),',
    '  updated_time: timestamp().nullable(),',
    '})',
    '',
    `export const ${type}List = z.object({`,
    '  ...pageQuery,',
    ...filtersOf(fields).map((one) => `  ${one.name}: ${writingOf(one).filter},`),
    '})',
    `export type ${type}List = z.output<typeof ${type}List>`,
    '',
    `export const Save${type} = z.object({`,
    ...fields.map(
      (one) => `  ${one.name}: ${one.nullable ? writingOf(one).optional : writingOf(one).given},`,
    ),
    '})',
    `export type Save${type} = z.output<typeof Save${type}>`,
    '',
    `export const ${type}Ids = z.object({ pks: ids() })`,
  )
  const gap = values.length > 0 ? [''] : []
  return file(imports(atomsIn(body), '#core'), '', ...values, ...gap, body.trimEnd())
}

const ATOMS = ['bool', 'filter', 'id', 'idFilter', 'ids', 'int', 'moment', 'number', 'optionalId']
const MORE_ATOMS = ['optionalMoment', 'optionalText', 'text', 'timestamp']

const atomsIn = (body: string): string[] => [
  ...[...ATOMS, ...MORE_ATOMS].filter((atom) => new RegExp(`[ (]${atom}\\(`).test(body)),
  ...['pageQuery', 'z'],
]

function head({ entity }: Blueprint): string {
  const type = pascal(entity)
  return file(
    "import { data, id, nothing, page, route, z } from '#core'",
    imports([`${type}Detail`, `${type}Ids`, `${type}List`, `Save${type}`], `../schema/${kebab(entity)}`),
    `import * as ${camel(entity)}Service from '../service/${kebab(entity)}'`,
    '',
    'const params = z.object({ pk: id() })',
  )
}

function reading(plan: Blueprint): string {
  const { entity, snake } = plan
  const [type, service] = [pascal(entity), `${camel(entity)}Service`]
  return file(
    `export const list${pascal(plural(entity))} = route({`,
    "  method: 'get',",
    `  path: '${pathOf(plan)}',`,
    `  title: 'List ${words(plural(entity))} by page',`,
    "  access: 'signed_in',",
    `  query: ${type}List,`,
    `  reply: page(${type}Detail),`,
    `  handle: (call, { query }) => ${service}.list(call, query),`,
    '})',
    '',
    `export const get${type} = route({`,
    "  method: 'get',",
    `  path: '${pathOf(plan)}/:pk',`,
    `  title: 'Get ${words(entity)}',`,
    "  access: 'signed_in',",
    '  params,',
    `  reply: data(${type}Detail),`,
    `  errors: ['${snake}.not_found'],`,
    `  handle: (call, { params }) => ${service}.get(call, params.pk),`,
    '})',
  )
}

function saving(plan: Blueprint): string {
  const { entity, snake, fields } = plan
  const [type, service] = [pascal(entity), `${camel(entity)}Service`]
  const taken = fields.filter(({ mark }) => mark === 'unique').map(({ name }) => `'${snake}.${name}_taken'`)
  const emptied = fields.some(({ nullable }) => nullable)
  return file(
    `export const create${type} = route({`,
    "  method: 'post',",
    `  path: '${pathOf(plan)}',`,
    `  title: 'Create ${words(entity)}',`,
    `  access: '${codeOf(plan, 'add')}',`,
    `  body: Save${type},`,
    `  reply: data(${type}Detail),`,
    taken.length > 0 ? list('  errors: ', '[]', taken, ',') : null,
    `  handle: (call, { body }) => ${service}.create(call, body),`,
    '})',
    '',
    `export const update${type} = route({`,
    "  method: 'put',",
    `  path: '${pathOf(plan)}/:pk',`,
    `  title: 'Replace ${words(entity)}',`,
    emptied ? "  description: 'What may be empty and is left out becomes null.'," : null,
    `  access: '${codeOf(plan, 'edit')}',`,
    '  params,',
    `  body: Save${type},`,
    '  reply: nothing(),',
    list('  errors: ', '[]', [`'${snake}.not_found'`, ...taken], ','),
    `  handle: (call, { params, body }) => ${service}.update(call, params.pk, body),`,
    '})',
  )
}

function deleting(plan: Blueprint): string {
  const { entity } = plan
  const [one, several] = [pascal(entity), pascal(plural(entity))]
  const routes = [`list${several}`, `get${one}`, `create${one}`, `update${one}`, `delete${several}`]
  return file(
    `export const delete${several} = route({`,
    "  method: 'delete',",
    `  path: '${pathOf(plan)}',`,
    `  title: 'Delete ${words(plural(entity))}',`,
    `  access: '${codeOf(plan, 'del')}',`,
    `  body: ${one}Ids,`,
    '  reply: nothing(),',
    "  errors: ['response.error'],",
    `  handle: (call, { body }) => ${camel(entity)}Service.remove(call, body.pks),`,
    '})',
    '',
    list(`export const ${camel(entity)}Routes = `, '[]', routes),
  )
}
