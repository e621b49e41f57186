import { kebab, modelOf, pascal, words, type Blueprint } from './blueprint'
import { filtersOf } from './kinds'
import { file, imports, list, quoted } from './print'
import { crudOf } from './table-files'

/** `crud` and `service`: what a plugin asks of its table, and which rules hold. */
export function ruleFiles(plan: Blueprint): Record<string, string> {
  const name = kebab(plan.entity)
  return { [`crud/${name}.ts`]: crud(plan), [`service/${name}.ts`]: service(plan) }
}

function crud(plan: Blueprint): string {
  const { entity, fields } = plan
  const type = pascal(entity)
  const filters = filtersOf(fields)
  const names = (isText: boolean) =>
    filters.filter(({ kind }) => (kind === 'string') === isText).map(({ name }) => name)
  const [parts, exact] = [names(true), names(false)]
  const isFiltered = filters.length > 0
  const constants = [
    ...(parts.length > 0 ? [list('const CONTAINED = ', '[]', quoted(parts), ' as const')] : []),
    ...(exact.length > 0 ? [list('const EQUAL = ', '[]', quoted(exact), ' as const')] : []),
  ]
  return file(
    imports(['Crud', 'type Db', ...(isFiltered ? ['Op', 'type WhereOptions'] : ['type PageQuery'])], '#core'),
    `import { ${modelOf(plan)} } from '../model/${kebab(entity)}'`,
    isFiltered ? `import type { ${type}List } from '../schema/${kebab(entity)}'` : null,
    '',
    'const NEWEST: [string, string][] = [',
    "  ['created_time', 'DESC'],",
    "  ['id', 'DESC'],",
    ']',
    '',
    ...(isFiltered ? ['/** Columns that a list is narrowed by. */', ...constants, ''] : []),
    `class ${type}Crud extends Crud<${modelOf(plan)}> {`,
    ...(isFiltered ? filteredList(type, parts, exact) : plainList()),
    '}',
    '',
    `export const ${crudOf(plan)} = new ${type}Crud(${modelOf(plan)})`,
  )
}

const plainList = (): string[] => [
  '  list(db: Db, page: PageQuery) {',
  '    return this.page(db, page, { order: NEWEST })',
  '  }',
]

const filteredList = (type: string, parts: string[], exact: string[]): string[] => [
  `  list(db: Db, query: ${type}List) {`,
  '    const where: WhereOptions[] = []',
  ...(parts.length > 0
    ? [
        '    for (const column of CONTAINED) if (query[column]) where.push(this.contains(column, query[column]))',
      ]
    : []),
  ...(exact.length > 0
    ? [
        '    for (const column of EQUAL) if (query[column] !== undefined) where.push({ [column]: query[column] })',
      ]
    : []),
  '    return this.page(db, query, { where: { [Op.and]: where }, order: NEWEST })',
  '  }',
]

function service(plan: Blueprint): string {
  const { entity, snake, fields } = plan
  const [type, crudName] = [pascal(entity), crudOf(plan)]
  const unique = fields.filter(({ mark }) => mark === 'unique')
  const isUnique = unique.length > 0
  return file(
    imports([...(isUnique ? ['conflict'] : []), 'notFound', 'nothingChanged', 'type Call'], '#core'),
    `import { ${crudName} } from '../crud/${kebab(entity)}'`,
    `import type { ${type}List, Save${type} } from '../schema/${kebab(entity)}'`,
    '',
    `export const list = (call: Call, query: ${type}List) => ${crudName}.list(call.db, query)`,
    '',
    `/** @throws 404 \`${snake}.not_found\` */`,
    'export async function get(call: Call, id: string) {',
    `  const row = await ${crudName}.get(call.db, id)`,
    `  if (!row) throw notFound('${snake}.not_found')`,
    '  return row',
    '}',
    '',
    `/** @returns the new ${words(entity)} */`,
    `export async function create(call: Call, input: Save${type}) {`,
    isUnique ? '  await refuseTaken(call, input)' : null,
    `  return ${crudName}.create(call.db, input)`,
    '}',
    '',
    `export async function update(call: Call, id: string, input: Save${type}): Promise<void> {`,
    `  const row = await ${crudName}.lock(call.db, id)`,
    `  if (!row) throw notFound('${snake}.not_found')`,
    isUnique ? '  await refuseTaken(call, input, id)' : null,
    `  await ${crudName}.update(call.db, id, input)`,
    '}',
    '',
    '/** Unknown ids are passed over. */',
    'export async function remove(call: Call, ids: string[]): Promise<void> {',
    `  if ((await ${crudName}.remove(call.db, ids)) === 0) throw nothingChanged()`,
    '}',
    ...(isUnique ? ['', ...refusal(plan)] : []),
  )
}

function refusal(plan: Blueprint): string[] {
  const { snake, entity, fields } = plan
  const unique = fields.filter(({ mark }) => mark === 'unique')
  return [
    list('const UNIQUE = ', '[]', quoted(unique.map(({ name }) => name)), ' as const'),
    '',
    `/** @param own id of the row that may have them already */`,
    `async function refuseTaken(call: Call, input: Save${pascal(entity)}, own?: string): Promise<void> {`,
    '  for (const column of UNIQUE) {',
    ...(unique.some(({ nullable }) => nullable) ? ['    if (input[column] === null) continue'] : []),
    `    const other = await ${crudOf(plan)}.first(call.db, { [column]: input[column] })`,
    `    if (other && other.id !== own) throw conflict(\`${snake}.\${column}_taken\`)`,
    '  }',
    '}',
  ]
}
