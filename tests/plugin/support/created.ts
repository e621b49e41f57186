import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { USUAL_FIELDS, blueprintOf, type Wish } from '../../../src/cli/action/plugin/new/blueprint'
import { KINDS, type Kind } from '../../../src/cli/action/plugin/new/field'
import { filesOf } from '../../../src/cli/action/plugin/new/files'
import { nameProblem } from '../../../src/cli/action/plugin/new/reserved'
import { Ended } from '../../../src/cli/outcome'
import fc from '../../support/property'

/** Words of small letters and digits, joined by one sign. */
const wordsBy = (sign: string, most: number): fc.Arbitrary<string> =>
  fc
    .stringMatching(new RegExp(`^[a-z][a-z0-9]{0,9}(${sign}[a-z0-9]{1,9}){0,2}$`))
    .filter((name) => name.length <= most)

const enumValues = fc.uniqueArray(wordsBy('[_-]', 32), { minLength: 1, maxLength: 12 })

const typeOf: Record<Kind, fc.Arbitrary<string>> = {
  ...(Object.fromEntries(KINDS.map((kind) => [kind, fc.constant(kind)])) as Record<Kind, fc.Arbitrary<Kind>>),
  string: fc.oneof(
    fc.constant('string'),
    fc.integer({ min: 1, max: 1000 }).map((length) => `string(${length})`),
  ),
  enum: enumValues.map((values) => `enum(${values.join(',')})`),
}

const column = fc
  .tuple(
    wordsBy('_', 32).filter((name) => nameProblem(name) === null),
    fc.constantFrom(...KINDS).chain((kind) => typeOf[kind]),
    fc.constantFrom('', '', '?'),
    fc.constantFrom('', '', ':unique', ':index'),
  )
  .map(([name, ...type]) => `${name}:${type.join('')}`)

const isPossible = (wish: Wish): boolean => {
  try {
    return Boolean(blueprintOf(wish, new Date(0)))
  } catch (error) {
    if (error instanceof Ended) return false
    throw error
  }
}

/** Columns one by one, so that one that cannot be does not cost all of them. */
const columns = fc
  .uniqueArray(column, { minLength: 1, maxLength: 30, size: 'max', selector: (text) => text.split(':')[0] })
  .map((fields) => fields.filter((field) => isPossible({ name: 'x', entity: 'x', fields: [field] })))

const wish: fc.Arbitrary<Wish> = fc
  .record({ name: wordsBy('[_-]', 32), entity: wordsBy('_', 16), fields: columns })
  .filter((one) => one.fields.length > 0 && isPossible(one))

/** Everything as long and as often as it may be. */
const LARGEST: Wish = {
  name: 'a-plugin-whose-name-is-so-long-x',
  entity: 'thing_of_it',
  fields: [
    ...Array.from({ length: 27 }, (_, at) => `a_column_with_a_name_so_long_${at + 10}:string(63)`),
    `kind:enum(${Array.from({ length: 100 }, (_, at) => `a-value-of-an-enum-so-long-as-${at}`).join(',')})?`,
    'remark:string(1000)?',
    'code:string(255):unique',
  ],
}

const USUAL: Wish = { name: 'as-usual', fields: USUAL_FIELDS }
const SMALLEST: Wish = { name: 'z', entity: 'z', fields: ['z:id'] }

/** A few random plugins, and those at the ends of what can be asked for. The seed is that of the test run. */
export const plans = fc
  .sample(fc.uniqueArray(wish, { minLength: 4, maxLength: 4, selector: ({ name }) => name }), 1)
  .flat()
  .filter(({ name }) => name !== SMALLEST.name)
  .concat(USUAL, SMALLEST, LARGEST)
  .map((one) => blueprintOf(one, new Date()))

/** Where they lie, and nothing else: inside the project, where its tools find their settings. */
export const PLUGIN_DIR = mkdtempSync(path.resolve(__dirname, '../../../plugins/_made-'))
process.env.PLUGIN_DIR = PLUGIN_DIR
process.env.PLUGIN_REQUIRED = '[]'

for (const plan of plans)
  for (const [file, text] of Object.entries(filesOf(plan))) {
    const target = path.join(PLUGIN_DIR, plan.name, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
