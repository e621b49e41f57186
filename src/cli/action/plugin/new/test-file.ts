import { codeOf, kebab, pathOf, words, type Blueprint } from './blueprint'
import { filtersOf, writingOf } from './kinds'
import { file, list, quoted } from './print'

/** `tests`: every address of a plugin, with every field. */
export const testFile = (plan: Blueprint): Record<string, string> => ({
  [`tests/${kebab(plan.entity)}.test.ts`]: file(
    ...head(plan),
    '',
    `describe('a ${words(plan.entity)}', () => {`,
    ...[life(plan), filters(plan), refusals(), unique(plan), rights(plan)]
      .filter((lines) => lines.length > 0)
      .flatMap((lines, at) => (at === 0 ? lines : ['', ...lines])),
    '})',
  ),
})

function head(plan: Blueprint): string[] {
  const { name, fields } = plan
  const found = filtersOf(fields).map((field) => field.name)
  const single = fields.filter(({ mark }) => mark === 'unique').map((field) => field.name)
  return [
    "import { signIn, signInAdmin, stranger, useApp, type Client } from '#testing'",
    '',
    `useApp({ plugins: ['${name}'] })`,
    '',
    `const PATH = '${pathOf(plan)}'`,
    ...(found.length > 0 ? [list('const FILTERS = ', '[]', quoted(found))] : []),
    ...(single.length > 0 ? [list('const UNIQUE = ', '[]', quoted(single))] : []),
    '',
    'let admin: Client',
    'beforeAll(async () => {',
    '  admin = await signInAdmin()',
    '})',
    '',
    'let made = 0',
    '/** What is unique is other every time. */',
    'function values(): Record<string, unknown> {',
    '  made += 1',
    '  return {',
    ...fields.map((field) => `    ${field.name}: ${writingOf(field).sample},`),
    '  }',
    '}',
    '',
    '/** A value for each field that it does not take. */',
    'const WRONG = {',
    ...fields.map((field) => `  ${field.name}: ${writingOf(field).wrong},`),
    '}',
  ]
}

const life = ({ snake }: Blueprint): string[] => [
  "  it('is made, found, changed and deleted', async () => {",
  '    const [first, second] = [values(), values()]',
  '    const { data } = await admin.post(PATH, first)',
  '    const path = `${PATH}/${data.id}`',
  '    expect(data).toMatchObject(first)',
  '    expect((await admin.get(path)).data).toEqual(data)',
  '',
  '    expect(await admin.put(path, second)).toSucceed()',
  '    expect((await admin.get(path)).data).toMatchObject(second)',
  '',
  '    expect(await admin.delete(PATH, { pks: [data.id] })).toSucceed()',
  `    expect(await admin.get(path)).toFail(404, '${snake}.not_found')`,
  `    expect(await admin.put(path, second)).toFail(404, '${snake}.not_found')`,
  "    expect(await admin.delete(PATH, { pks: [data.id] })).toFail(200, 'response.error', {}, 400)",
  '  })',
]

function filters({ fields }: Blueprint): string[] {
  if (filtersOf(fields).length === 0) return []
  return [
    "  it.each(FILTERS)('is found by its %s, and others are not', async (field) => {",
    '    await admin.post(PATH, values())',
    '    const { data } = await admin.post(PATH, values())',
    '',
    '    const found = await admin.get(`${PATH}?size=200&${field}=${encodeURIComponent(data[field])}`)',
    '',
    '    expect(found.data.items).toContainEqual(data)',
    '    for (const item of found.data.items) expect(String(item[field])).toContain(String(data[field]))',
    '  })',
  ]
}

const refusals = (): string[] => [
  "  it.each(Object.entries(WRONG))('is refused with a wrong %s', async (field, wrong) => {",
  '    const refused = await admin.post(PATH, { ...values(), [field]: wrong })',
  '',
  '    expect(refused.status).toBe(422)',
  "    expect(refused.data.errors[0].loc).toEqual(['body', field])",
  '  })',
]

function unique({ snake, fields }: Blueprint): string[] {
  if (fields.every(({ mark }) => mark !== 'unique')) return []
  return [
    "  it.each(UNIQUE)('has a %s of its own', async (field) => {",
    '    const first = values()',
    '    const { data } = await admin.post(PATH, first)',
    '',
    '    const again = await admin.post(PATH, { ...values(), [field]: first[field] })',
    '',
    `    expect(again).toFail(409, \`${snake}.\${field}_taken\`)`,
    '    expect(await admin.put(`${PATH}/${data.id}`, first)).toSucceed()',
    '  })',
  ]
}

const rights = (plan: Blueprint): string[] => [
  "  it('is shown to whoever is signed in, and changed by those who have the codes', async () => {",
  '    const visitor = await signIn()',
  `    const author = await signIn({ can: ['${codeOf(plan, 'add')}'] })`,
  '',
  "    expect(await stranger().get(PATH)).toFail(401, 'auth.not_authenticated')",
  '    expect(await visitor.get(PATH)).toSucceed()',
  "    expect(await visitor.post(PATH, values())).toFail(403, 'auth.permission_denied')",
  '    expect(await author.post(PATH, values())).toSucceed()',
  "    expect(await author.delete(PATH, { pks: ['1'] })).toFail(403, 'auth.permission_denied')",
  '  })',
]
