import { signIn, signInAdmin, stranger, useApp, type Client } from '#testing'

useApp({ plugins: ['dict'] })

const TYPES = '/sys/dict-types'
const DATA = '/sys/dict-datas'

let made = 0
const unique = (word: string) => `${word}_${process.pid % 1000}_${++made}`

let admin: Client
beforeAll(async () => {
  admin = await signInAdmin()
})

interface Entry {
  id: string
  type_id: string
  type_code: string
  label: string
  value: string
  color: string | null
  sort: number
  status: number
  remark: string | null
}

async function newType(code = unique('code')): Promise<{ id: string; code: string }> {
  expect(await admin.post(TYPES, { name: 'Colours', code, remark: 'of flags' })).toSucceed()
  const [type] = (await admin.get(`${TYPES}?code=${code}`)).data.items
  return type
}

const entryOf = (type: string, label: string, more: object = {}) => ({
  ...{ type_id: type, label, value: label.toLowerCase(), sort: 1, status: 1, color: 'red', remark: 'r' },
  ...more,
})

const entriesOf = async (type: string): Promise<Entry[]> =>
  (await admin.get(`${DATA}?type_id=${type}&size=200`)).data.items

describe('the dictionaries of the console', () => {
  it('are all there, each with its entries, the highest sort first', async () => {
    const types = (await admin.get(`${TYPES}/all`)).data
    expect(types.map((type: { code: string }) => type.code)).toEqual(
      expect.arrayContaining([
        'sys_status',
        'sys_choose',
        'sys_menu_type',
        'task_period_type',
        'sys_plugin_type',
      ]),
    )

    const entries: Entry[] = (await admin.get(`${DATA}/type-codes/sys_menu_type`)).data

    expect(entries.map(({ value, label }) => `${value} ${label}`)).toEqual([
      '4 外链',
      '3 内嵌',
      '2 按钮',
      '1 菜单',
      '0 目录',
    ])
    expect(entries[0]).toMatchObject({
      created_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      color: 'purple',
      sort: 5,
      status: 1,
      type_code: 'sys_menu_type',
    })
  })

  it('number thirty-six entries in twelve', async () => {
    expect((await admin.get(`${DATA}/all`)).data.length).toBeGreaterThanOrEqual(36)
  })
})

describe('a dictionary', () => {
  it('is made, found by a part of its name or code, changed and deleted', async () => {
    const { id, code } = await newType()
    expect(await admin.get(`${TYPES}/${id}`)).toSucceed()
    expect((await admin.get(`${TYPES}?name=olour&code=${code.slice(2)}`)).data.total).toBe(1)

    expect(await admin.put(`${TYPES}/${id}`, { name: 'Tones', code })).toSucceed()
    expect((await admin.get(`${TYPES}/${id}`)).data).toMatchObject({ name: 'Tones', remark: 'of flags' })

    expect(await admin.delete(TYPES, { pks: [id] })).toSucceed()
    expect(await admin.get(`${TYPES}/${id}`)).toFail(404, 'dict_type.not_found')
    expect((await admin.delete(TYPES, { pks: [id] })).code).toBe(400)
  })

  it('has a code of its own', async () => {
    const { code } = await newType()
    const other = await newType()

    expect(await admin.post(TYPES, { name: 'x', code })).toFail(409, 'dict_type.code_taken')
    expect(await admin.put(`${TYPES}/${other.id}`, { name: 'x', code })).toFail(409, 'dict_type.code_taken')
  })

  it('takes its entries along to a new code, at once', async () => {
    const { id, code } = await newType()
    await admin.post(DATA, entryOf(id, 'Red'))
    expect(await admin.get(`${DATA}/type-codes/${code}`)).toSucceed()
    const fresh = unique('fresh')

    await admin.put(`${TYPES}/${id}`, { name: 'x', code: fresh })

    expect((await admin.get(`${DATA}/type-codes/${fresh}`)).data).toHaveLength(1)
    expect(await admin.get(`${DATA}/type-codes/${code}`)).toFail(404, 'dict_data.not_found')
  })

  it('takes its entries along when it is deleted', async () => {
    const { id, code } = await newType()
    await admin.post(DATA, entryOf(id, 'Red'))
    const [entry] = await entriesOf(id)
    expect(await admin.get(`${DATA}/type-codes/${code}`)).toSucceed()

    await admin.delete(TYPES, { pks: [id] })

    expect(await admin.get(`${DATA}/${entry?.id}`)).toFail(404, 'dict_data.not_found')
    expect(await admin.get(`${DATA}/type-codes/${code}`)).toFail(404, 'dict_data.not_found')
  })
})

describe('an entry', () => {
  it('is there for the pages as soon as it is made, and gone as soon as it is disabled', async () => {
    const { id, code } = await newType()
    await admin.post(DATA, entryOf(id, 'Red'))
    expect((await admin.get(`${DATA}/type-codes/${code}`)).data).toHaveLength(1)
    await admin.post(DATA, entryOf(id, 'Blue', { sort: 5 }))
    expect((await admin.get(`${DATA}/type-codes/${code}`)).data.map((one: Entry) => one.label)).toEqual([
      'Blue',
      'Red',
    ])

    const blue = (await entriesOf(id)).find(({ label }) => label === 'Blue')
    expect(await admin.put(`${DATA}/${blue?.id}`, entryOf(id, 'Blue', { status: 0 }))).toSucceed()

    expect((await admin.get(`${DATA}/type-codes/${code}`)).data.map((one: Entry) => one.label)).toEqual([
      'Red',
    ])
  })

  it('is replaced as a whole: what is left out becomes null', async () => {
    const { id } = await newType()
    await admin.post(DATA, entryOf(id, 'Red'))
    const [red] = await entriesOf(id)

    await admin.put(`${DATA}/${red?.id}`, { type_id: id, label: 'Red', value: '', sort: '2', status: 1 })

    expect((await admin.get(`${DATA}/${red?.id}`)).data).toMatchObject({
      color: null,
      remark: null,
      sort: 2,
      value: '',
    })
  })

  it('moves to another dictionary with its code', async () => {
    const from = await newType()
    const to = await newType()
    await admin.post(DATA, entryOf(from.id, 'Red'))
    const [red] = await entriesOf(from.id)

    await admin.put(`${DATA}/${red?.id}`, entryOf(to.id, 'Red'))

    expect((await admin.get(`${DATA}/${red?.id}`)).data).toMatchObject({ type_id: to.id, type_code: to.code })
  })

  it('has a label of its own within its dictionary', async () => {
    const { id } = await newType()
    const other = await newType()
    await admin.post(DATA, entryOf(id, 'Red'))
    await admin.post(DATA, entryOf(id, 'Blue'))
    const blue = (await entriesOf(id)).find(({ label }) => label === 'Blue')

    expect(await admin.post(DATA, entryOf(id, 'Red'))).toFail(409, 'dict_data.label_taken')
    expect(await admin.put(`${DATA}/${blue?.id}`, entryOf(id, 'Red'))).toFail(409, 'dict_data.label_taken')
    expect(await admin.post(DATA, entryOf(other.id, 'Red'))).toSucceed()
  })

  it('keeps its label when many ask for it at once', async () => {
    const { id } = await newType()

    const answers = await Promise.all([1, 2, 3, 4].map(() => admin.post(DATA, entryOf(id, 'Red'))))

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
  })

  it('is found by dictionary, label, value and status', async () => {
    const { id, code } = await newType()
    await admin.post(DATA, entryOf(id, 'Dark red', { value: 'a-1', sort: 2 }))
    await admin.post(DATA, entryOf(id, 'Light red', { value: 'b-1', sort: 1, status: 0 }))
    const labels = async (query: string) =>
      (await admin.get(`${DATA}?${query}`)).data.items.map((one: Entry) => one.label)

    expect(await labels(`type_code=${code}`)).toEqual(['Light red', 'Dark red'])
    expect(await labels(`type_id=${id}&label=dark`)).toEqual(['Dark red'])
    expect(await labels(`type_id=${id}&value=b-`)).toEqual(['Light red'])
    expect(await labels(`type_id=${id}&status=0`)).toEqual(['Light red'])
  })

  it('needs a dictionary that exists', async () => {
    const { id } = await newType()
    await admin.post(DATA, entryOf(id, 'Red'))
    const [red] = await entriesOf(id)

    expect(await admin.post(DATA, entryOf('1', 'Red'))).toFail(404, 'dict_type.not_found')
    expect(await admin.put(`${DATA}/${red?.id}`, entryOf('1', 'Red'))).toFail(404, 'dict_type.not_found')
    expect(await admin.put(`${DATA}/1`, entryOf(id, 'Red'))).toFail(404, 'dict_data.not_found')
    expect(await admin.get(`${DATA}/1`)).toFail(404, 'dict_data.not_found')
    expect((await admin.delete(DATA, { pks: ['1'] })).code).toBe(400)
  })

  it.each([
    ['a label that is too long', { label: 'x'.repeat(33) }],
    ['a status that does not exist', { status: 2 }],
    ['no sort', { sort: undefined }],
    ['a value that is no text', { value: 7 }],
  ])('is refused with %s', async (_, wrong) => {
    const { id } = await newType()

    expect((await admin.post(DATA, entryOf(id, 'Red', wrong))).status).toBe(422)
  })
})

describe('who may', () => {
  it('read: everybody who is signed in, and nobody else', async () => {
    const reader = await signIn({ can: [] })

    for (const path of [`${TYPES}/all`, TYPES, `${DATA}/all`, DATA, `${DATA}/type-codes/sys_status`]) {
      expect(await reader.get(path)).toSucceed()
      expect(await stranger().get(path)).toFail(401, 'auth.not_authenticated')
    }
  })

  it('change: whoever has the code of the button', async () => {
    const { id } = await newType()
    const editor = await signIn({ can: ['dict:data:add'] })

    expect(await editor.post(DATA, entryOf(id, 'Red'))).toSucceed()
    expect(await editor.post(TYPES, { name: 'x', code: unique('x') })).toFail(403, 'auth.permission_denied')
    expect(await editor.delete(DATA, { pks: ['1'] })).toFail(403, 'auth.permission_denied')
  })
})
