/** The files of a new plugin: one kind of thing that can be listed and added. */
export function stubsOf(name: string): Record<string, string> {
  const snake = name.replaceAll('-', '_')
  const pascal = snake.replace(/(^|_)([a-z0-9])/g, (_all, _gap, letter: string) => letter.toUpperCase())
  const fill = (text: string) =>
    text
      .replace('HEAD', headOf(`${pascal}Thing`))
      .replaceAll('NAME', name)
      .replaceAll('SNAKE', snake)
      .replaceAll('PASCAL', pascal)
  return Object.fromEntries(Object.entries(STUBS).map(([file, text]) => [fill(file), fill(text)]))
}

const WIDTH = 110

/** On one line where it fits, as the formatter wants it. */
function headOf(model: string): string {
  const parts = [`InferAttributes<${model}>`, `InferCreationAttributes<${model}>`]
  const line = `export class ${model} extends BaseModel<${parts.join(', ')}> {`
  return line.length <= WIDTH
    ? line
    : `export class ${model} extends BaseModel<\n  ${parts.join(',\n  ')}\n> {`
}

const MANIFEST = {
  $schema: '../../static/plugin.schema.json',
  plugin: {
    name: 'NAME',
    version: '0.1.0',
    summary: 'PASCAL',
    description: 'Keeps a list of things.',
    author: 'Somebody',
    tags: ['other'],
    database: ['sqlite', 'mysql', 'postgresql'],
  },
  requires: { steward: '>=0.1.0 <1' },
}

const STUBS: Record<string, string> = {
  'plugin.json': `${JSON.stringify(MANIFEST, null, 2).replace(/\[\s+([^\]]*?)\s+\]/g, (_all, list: string) => `[${list.replace(/\s+/g, ' ')}]`)}\n`,
  'README.md': `# NAME

Keeps a list of things.

Access code: \`SNAKE:thing:add\`.
`,
  'index.ts': `import { module } from '#core'
import { thingRoutes } from './api/thing'
import { PASCALThing } from './model/thing'

export default module({ name: 'NAME', routes: thingRoutes, models: [PASCALThing] })
`,
  'api/thing.ts': `import { data, page, route } from '#core'
import { CreateThing, ThingDetail, ThingList } from '../schema/thing'
import * as thingService from '../service/thing'

export const listThings = route({
  method: 'get',
  path: '/NAME/things',
  title: 'List things',
  access: 'signed_in',
  query: ThingList,
  reply: page(ThingDetail),
  handle: (call, { query }) => thingService.list(call, query),
})

export const createThing = route({
  method: 'post',
  path: '/NAME/things',
  title: 'Create a thing',
  access: 'SNAKE:thing:add',
  body: CreateThing,
  reply: data(ThingDetail),
  errors: ['SNAKE.name_taken'],
  handle: (call, { body }) => thingService.create(call, body),
})

export const thingRoutes = [listThings, createThing]
`,
  'schema/thing.ts': `import { id, pageQuery, text, timestamp, z } from '#core'

export const CreateThing = z.object({ name: text(64, 1) })
export type CreateThing = z.output<typeof CreateThing>

export const ThingList = z.object(pageQuery)
export type ThingList = z.output<typeof ThingList>

export const ThingDetail = z.object({ id: id(), name: z.string(), created_time: timestamp() })
`,
  'service/thing.ts': `import { conflict, type Call } from '#core'
import { thingCrud } from '../crud/thing'
import type { CreateThing, ThingList } from '../schema/thing'

export const list = (call: Call, query: ThingList) => thingCrud.page(call.db, query)

/** @throws 409 where the name is taken */
export async function create(call: Call, input: CreateThing) {
  if (await thingCrud.exists(call.db, { name: input.name })) throw conflict('SNAKE.name_taken')
  return thingCrud.create(call.db, input)
}
`,
  'crud/thing.ts': `import { Crud } from '#core'
import { PASCALThing } from '../model/thing'

class ThingCrud extends Crud<PASCALThing> {}

export const thingCrud = new ThingCrud(PASCALThing)
`,
  'model/thing.ts': `import { BaseModel, Column, DataType, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

@Table({ tableName: 'SNAKE_thing' })
HEAD
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare name: string
}
`,
  'migrations/20261121-0900-create-thing.ts': `import type { MigrationContext } from '#core'

export async function up({ createTable, addIndex, base, required, types }: MigrationContext): Promise<void> {
  await createTable('SNAKE_thing', { ...base.fixed, name: required(types.string(64)) })
  await addIndex('SNAKE_thing', ['name'], { unique: true })
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  await dropTable('SNAKE_thing')
}
`,
  'locales/en-US.json': `{
  "SNAKE": {
    "name_taken": "There is a thing of this name already"
  }
}
`,
  'locales/zh-CN.json': `{
  "SNAKE": {
    "name_taken": "名称已存在"
  }
}
`,
  'tests/thing.test.ts': `import { signIn, stranger, unique, useApp } from '#testing'

useApp({ plugins: ['NAME'] })

describe('a thing', () => {
  it('is added by whoever has the code, and has a name of its own', async () => {
    const author = await signIn({ can: ['SNAKE:thing:add'] })
    const name = unique('thing')

    expect(await author.post('/NAME/things', { name })).toSucceed()

    const again = await author.post('/NAME/things', { name })
    expect(again).toFail(409, 'SNAKE.name_taken')
    expect((await author.get('/NAME/things')).data.items).toMatchObject([{ name }])
  })

  it('is kept from everybody else', async () => {
    const path = '/NAME/things'
    const visitor = await signIn()

    expect(await stranger().get(path)).toFail(401, 'auth.not_authenticated')
    expect(await visitor.post(path, { name: 'x' })).toFail(403, 'auth.permission_denied')
  })
})
`,
}
