import { PLUGIN_DIR, plans } from './support/created'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { kebab, pathOf, type Blueprint } from '../../src/cli/action/plugin/new/blueprint'
import { filtersOf } from '../../src/cli/action/plugin/new/kinds'
import fc, { runs } from '../support/property'
import { faultOf, rowOf, type Values } from './support/rows'
import { signInAdmin, useApp, type Client } from '#testing'

jest.setTimeout(180_000)

afterAll(() => rmSync(PLUGIN_DIR, { recursive: true, force: true }))

describe('the addresses of plugins for any tables', () => {
  useApp({ plugins: 'all' })

  let admin: Client
  beforeAll(async () => {
    admin = await signInAdmin()
  })

  /** Everything that can be done with one row. */
  async function live(plan: Blueprint, [first, second]: [Values, Values], fault: [string, unknown]) {
    const path = pathOf(plan)
    const { data } = await admin.post(path, first)
    expect(data).toMatchObject(first)
    try {
      const one = `${path}/${data.id}`
      expect((await admin.get(one)).data).toEqual(data)
      expect((await admin.get(path)).data).toMatchObject({ items: [data], total: 1 })
      const { data: other } = await admin.post(path, second)
      for (const { name, kind } of filtersOf(plan.fields).filter((field) => first[field.name] !== null)) {
        const rows = await found(path, name, first[name])
        expect(rows).toContainEqual(data)
        if (kind !== 'string' && first[name] !== second[name]) expect(rows).toEqual([data])
      }
      expect((await admin.get(`${path}?size=1&page=2`)).data).toMatchObject({ items: [data], total: 2 })
      await admin.delete(path, { pks: [other.id] })
      for (const { name } of plan.fields.filter(({ mark }) => mark === 'unique'))
        if (first[name] !== null)
          expect(await admin.post(path, { ...second, [name]: first[name] })).toFail(
            409,
            `${plan.snake}.${name}_taken`,
          )

      const [field, wrong] = fault
      for (const refused of [
        await admin.post(path, { ...second, [field]: wrong }),
        await admin.put(one, { ...second, [field]: wrong }),
      ]) {
        expect(refused.status).toBe(422)
        expect(refused.data.errors[0].loc.slice(0, 2)).toEqual(['body', field])
      }
      expect((await admin.get(path)).data.items).toEqual([data])

      expect(await admin.put(one, second)).toSucceed()
      expect((await admin.get(one)).data).toMatchObject({ ...second, id: data.id })
      expect(await admin.delete(path, { pks: [data.id] })).toSucceed()
      expect(await admin.get(one)).toFail(404, `${plan.snake}.not_found`)
    } finally {
      await admin.delete(path, { pks: [data?.id ?? '1'] })
    }
  }

  const found = async (path: string, field: string, value: unknown) =>
    (await admin.get(`${path}?${field}=${encodeURIComponent(String(value))}`)).data.items

  it.each(plans)(
    'of $name make, list, find, change and delete rows, and name what is wrong',
    async (plan) => {
      const property = fc.asyncProperty(
        fc.tuple(rowOf(plan), rowOf(plan)),
        faultOf(plan),
        async (rows, fault) => live(plan, rows, fault),
      )
      await fc.assert(property, { numRuns: runs(5) })
    },
  )
})

describe.each(plans)('its own tests say of $name', ({ name, entity }) => {
  jest.requireActual(path.join(PLUGIN_DIR, name, 'tests', `${kebab(entity)}.test.ts`))
})
