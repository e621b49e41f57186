import path from 'node:path'
import { memoCrud } from './fixture/memo/crud/memo'
import { forgetMemos } from './fixture/memo/task/forget-memos'
import { reader } from '../../src/infra/database'
import { taskNamed } from '../../src/core/task-registry'
import { app, signIn, stranger, useApp } from '#testing'

useApp({ plugins: [path.join(__dirname, 'fixture/memo')] })

beforeEach(async () => {
  const memos = await memoCrud.find(reader(), {})
  await memoCrud.remove(
    reader(),
    memos.map((memo) => memo.id),
  )
})

describe('a plugin that is put into the folder', () => {
  it('answers at its addresses, by the rules of the core', async () => {
    const author = await signIn({ can: ['memo:add'] })

    expect(await author.post('/memos', { title: 'Water the plants' })).toSucceed()

    expect((await author.get('/memos')).data).toEqual([{ id: expect.any(String), title: 'Water the plants' }])
    expect(await stranger().get('/memos')).toFail(401, 'auth.not_authenticated')
    expect(await (await signIn()).post('/memos', { title: 'x' })).toFail(403, 'auth.permission_denied')
  })

  it('speaks its own words, and takes its settings from the manifest', async () => {
    const author = await signIn({ can: ['memo:add'] })
    for (const made of [1, 2, 3]) await author.post('/memos', { title: `memo ${made}` })

    const answer = await author.post('/memos', { title: 'one too many' })

    expect(answer).toFail(409, 'memo.too_many', { max: 3 })
    expect(answer.msg).toBe('备忘录已达 3 条')
  })

  it('brings its tasks', () => {
    expect(taskNamed(forgetMemos.name)?.task.title).toBe('Forget all memos')
  })

  it('says how it is', () => {
    const [memo] = app().plugins.list()

    expect(memo).toMatchObject({ name: 'memo', state: 'on', reason: null })
    expect(memo?.cost?.load_ms).toBeGreaterThanOrEqual(0)
  })
})
