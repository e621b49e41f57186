import { camel, codeOf, kebab, menuIds, modelOf, pascal, words, type Blueprint } from './blueprint'
import { propertyOf, writingOf } from './kinds'
import { file, imports, list, quoted } from './print'

/** `migrations` and `model`: what a plugin brings into the database. */
export function tableFiles(plan: Blueprint): Record<string, string> {
  const { entity, stamp } = plan
  return {
    [`migrations/${stamp}-create-${kebab(entity)}.ts`]: migration(plan),
    [`migrations/${stamp}-seed-menu.ts`]: menuMigration(plan),
    [`model/${kebab(entity)}.ts`]: model(plan),
  }
}

function migration({ table, fields }: Blueprint): string {
  const columns = fields.map((field) => {
    const { type } = writingOf(field)
    return `    ${field.name}: ${field.nullable ? `{ type: ${type} }` : `required(${type})`},`
  })
  const marked = (mark: string) => quoted(fields.filter((one) => one.mark === mark).map(({ name }) => name))
  const [unique, indexed] = [marked('unique'), marked('index')]
  const used = [
    'createTable',
    ...(unique.length + indexed.length > 0 ? ['addIndex'] : []),
    'base',
    ...(fields.some(({ nullable }) => !nullable) ? ['required'] : []),
    'types',
  ]
  return file(
    "import type { MigrationContext } from '#core'",
    '',
    `const TABLE = '${table}'`,
    ...(unique.length > 0 ? [list('const UNIQUE = ', '[]', unique)] : []),
    ...(indexed.length > 0 ? [list('const INDEXED = ', '[]', indexed)] : []),
    '',
    `export async function up({ ${used.join(', ')} }: MigrationContext): Promise<void> {`,
    '  await createTable(TABLE, {',
    '    ...base.editable,',
    ...columns,
    '  })',
    unique.length > 0
      ? '  for (const column of UNIQUE) await addIndex(TABLE, [column], { unique: true })'
      : null,
    indexed.length > 0 ? '  for (const column of INDEXED) await addIndex(TABLE, [column])' : null,
    '}',
    '',
    'export async function down({ dropTable }: MigrationContext): Promise<void> {',
    '  await dropTable(TABLE)',
    '}',
  )
}

/** The folder of the console's pages below which plugins have theirs. */
const SYSTEM_PAGES = '2049629108245233667'

const BUTTONS = [
  { what: 'add', title: '新增', name: 'Add' },
  { what: 'edit', title: '修改', name: 'Edit' },
  { what: 'del', title: '删除', name: 'Delete' },
] as const

function menuMigration(plan: Blueprint): string {
  const { name, snake } = plan
  const [page = '', ...ids] = menuIds(plan, BUTTONS.length + 1)
  return file(
    "import { addPage, removeMenus, type MigrationContext } from '#core'",
    '',
    'const PAGE = {',
    `  id: '${page}',`,
    `  parent: '${SYSTEM_PAGES}',`,
    `  title: '${pascal(snake)}',`,
    `  name: 'Plugin${pascal(snake)}',`,
    `  path: '/plugins/${name}',`,
    `  component: '/plugins/${name}/views/index',`,
    "  icon: 'ant-design:appstore-outlined',",
    '  sort: 20,',
    '}',
    '',
    'const BUTTONS = [',
    ...buttons(plan, ids),
    ']',
    '',
    'export async function up(ctx: MigrationContext): Promise<void> {',
    '  await addPage(ctx, PAGE, BUTTONS)',
    '}',
    '',
    'export async function down(ctx: MigrationContext): Promise<void> {',
    '  await removeMenus(',
    '    ctx,',
    '    [PAGE, ...BUTTONS].map(({ id }) => id),',
    '  )',
    '}',
  )
}

const buttons = (plan: Blueprint, ids: string[]): string[] =>
  BUTTONS.flatMap(({ what, title, name }, at) => [
    '  {',
    `    id: '${ids[at]}',`,
    `    title: '${title}',`,
    `    name: '${name}${modelOf(plan)}',`,
    `    perms: '${codeOf(plan, what)}',`,
    '  },',
  ])

function model(plan: Blueprint): string {
  const name = modelOf(plan)
  const columns = plan.fields.map((field) => ({ field, column: writingOf(field).column }))
  const markers = ['LONG_TEXT', 'SNOWFLAKE', 'TIMESTAMP'].filter((marker) =>
    columns.some(({ column }) => column === marker),
  )
  const isTyped = columns.some(({ column }) => column.startsWith('DataType.'))
  const typed = isTyped ? ['DataType'] : []
  const properties = columns.flatMap(({ field, column }) => [
    '',
    `  @Column({ type: ${column}${field.nullable ? '' : ', allowNull: false'} })`,
    propertyOf(field),
  ])
  return file(
    imports(['Column', ...typed, 'EditableModel', ...markers, 'Table'], '#core'),
    "import type { InferAttributes, InferCreationAttributes } from '#core'",
    '',
    `/** A ${words(plan.entity)}. */`,
    `@Table({ tableName: '${plan.table}' })`,
    list(
      `export class ${name} extends EditableModel`,
      '<>',
      [`InferAttributes<${name}>`, `InferCreationAttributes<${name}>`],
      ' {',
    ),
    ...properties.slice(1),
    '}',
  )
}

/** The constant through which a table is read and written. */
export const crudOf = ({ entity }: Blueprint): string => `${camel(entity)}Crud`
