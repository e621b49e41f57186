import { module, reader, runs, task, z } from '#core'
import { termCrud } from '../../../src/app/task/crud/term'
import { purgeFinished } from '../../../src/app/task/service/retention'
import { resultCrud } from '../../../src/app/task/crud/result'
import { ask, ending, forgetTasks, resultOf } from '../../support/tasks'
import { signIn, unique, useApp } from '#testing'

const Note = z.object({
  word: z.string(),
  pin: z.string().optional().meta({ secret: true }),
  password: z.string().optional(),
})
const plain = task({ name: 'search.plain', title: 'Say', payload: Note, positional: ['word', 'pin'] })
const other = task({ name: 'search.other', title: 'Say elsewhere', payload: Note, queue: 'search-other' })
const broken = task({ name: 'search.broken', title: 'Fail', payload: Note, attempts: 1 })
const large = task({ name: 'search.large', title: 'Return much', payload: Note })

useApp(
  module({
    name: 'search-tasks',
    version: '1.0.0',
    tasks: [
      runs(plain, async (_call, { word, pin }) => ({ word, pin })),
      runs(other, async () => null),
      runs(broken, async (_call, { word }) => {
        throw new TypeError(`cannot deliver ${word}`)
      }),
      runs(large, async () => 'x'.repeat(70_000)),
    ],
  }),
)
forgetTasks()

const later = { delay: 3600 }
type Item = { task_id: string }

async function found(query: string): Promise<string[]> {
  const answer = await (await signIn()).get(`/task-results?${query}`)
  expect(answer).toSucceed()
  return answer.data.items.map((one: Item) => one.task_id)
}

describe('GET /task-results', () => {
  it('finds words of the payload and of the error, by their beginnings', async () => {
    const word = unique('parcel')
    const waiting = await ask(plain, { word: `${word} 清理日志` }, later)
    const failed = await ask(broken, { word })
    await ending(failed)

    expect(await found(`text=${word}`)).toEqual([failed, waiting])
    expect(await found(`text=${word}%20deliv`)).toEqual([failed])
    expect(await found(`text=${encodeURIComponent(`${word} 理日`)}`)).toEqual([waiting])
    expect(await found(`text=${word}%20nowhere`)).toEqual([])
  })

  it('never finds a secret, whether its name or its schema says that it is one', async () => {
    const [pin, password] = [unique('pin'), unique('password')]
    const id = await ask(plain, { word: unique('word'), pin, password })
    await ending(id)

    const { data } = await (await signIn()).get(`/task-results?task_id=${id}`)

    expect(data.items[0].kwargs).toMatchObject({ pin: '******', password: '******' })
    expect(data.items[0].result).toMatchObject({ pin: '******' })
    expect(await found(`text=${pin}`)).toEqual([])
    expect(await found(`text=${password}`)).toEqual([])
  })

  it('combines state, queue, part of the name, and times', async () => {
    const word = unique('word')
    const first = await ask(other, { word }, later)
    const second = await ask(plain, { word }, later)
    const both = `text=${word}&status=PENDING,FAILURE`

    expect(await found(`${both}&queue=search-other`)).toEqual([first])
    expect(await found(`${both}&name=RCH.PLA`)).toEqual([second])
    expect(await found(`${both}&name=nothing-like-it`)).toEqual([])
    expect(await found(`text=${word}&status=SUCCESS`)).toEqual([])
    expect(await found(`${both}&created_from=2020-01-01%2000:00:00`)).toEqual([second, first])
    expect(await found(`${both}&created_to=2020-01-01%2000:00:00`)).toEqual([])
    expect(await found(`text=${word}&done_from=2020-01-01%2000:00:00`)).toEqual([])
  })

  it('finds by worker and by the time of the end', async () => {
    const word = unique('word')
    const id = await ask(plain, { word })
    const row = await ending(id)

    expect(await found(`text=${word}&worker=${(row.worker ?? '').slice(2)}`)).toEqual([id])
    expect(await found(`text=${word}&worker=nobody`)).toEqual([])
    expect(await found(`text=${word}&done_from=2020-01-01%2000:00:00`)).toEqual([id])
    expect(await found(`text=${word}&done_to=2020-01-01%2000:00:00`)).toEqual([])
  })

  it('goes on behind a page by its cursor, and ends', async () => {
    const word = unique('word')
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) ids.unshift(await ask(plain, { word }, later))
    const user = await signIn()

    const seen: string[] = []
    let cursor: string | null = ''
    for (let pages = 0; cursor !== null && pages < 10; pages += 1) {
      const { data } = await user.get(`/task-results?text=${word}&size=2&cursor=${cursor}`)
      seen.push(...data.items.map((one: Item) => one.task_id))
      cursor = data.next_cursor
      expect(data).toMatchObject({ total_is_exact: true })
    }

    expect(seen).toEqual(ids)
  })

  it('tells pages and the total as before', async () => {
    const word = unique('word')
    for (let n = 0; n < 3; n += 1) await ask(plain, { word }, later)

    const { data } = await (await signIn()).get(`/task-results?text=${word}&size=2&page=2`)

    expect(data).toMatchObject({ total: 3, page: 2, size: 2, total_pages: 2, next_cursor: null })
    expect(data.items).toHaveLength(1)
  })

  it.each(['status=DONE', 'created_from=yesterday', 'schedule_id=x', 'page=0'])(
    'refuses %s',
    async (query) => {
      expect((await (await signIn()).get(`/task-results?${query}`)).status).toBe(422)
    },
  )
})

describe('a result', () => {
  it('says how long the task waited and ran, and why it failed in one line', async () => {
    const id = await ask(broken, { word: 'parcel' })
    const row = await ending(id)

    const { data } = await (await signIn()).get(`/task-results/${row.id}`)

    expect(data).toMatchObject({ attempts: 1, error: 'TypeError: cannot deliver parcel', retry_of: null })
    expect(data.wait_time).toBeGreaterThanOrEqual(0)
    expect(data.run_time).toBeGreaterThanOrEqual(0)
  })

  it('that is too long is marked, with its size and its beginning', async () => {
    const row = await ending(await ask(large, { word: 'x' }))

    expect(JSON.parse(row.result ?? '')).toMatchObject({ _truncated: true, _original_size: 70_002 })
  })

  it('takes its words with it when it is deleted', async () => {
    const user = await signIn({ can: ['sys:task:del'] })
    const row = await ending(await ask(plain, { word: unique('word') }))
    expect(await termCrud.find(reader(), { where: { id: row.id } })).not.toEqual([])

    expect(await user.delete('/task-results', { pks: [row.id] })).toSucceed()

    expect(await termCrud.find(reader(), { where: { id: row.id } })).toEqual([])
  })
})

describe('a payload of more than half a mebibyte', () => {
  it('is refused', async () => {
    const user = await signIn({ can: ['sys:task:exec'] })

    const answer = await user.post('/tasks/run', {
      task: plain.name,
      kwargs: { word: 'x'.repeat(600_000) },
    })

    expect(answer.status).toBe(422)
    expect(answer.data.errors).toEqual([expect.objectContaining({ loc: ['body'] })])
  })
})

describe('GET /tasks/registered/{name}/schema', () => {
  it('tells what a form needs', async () => {
    const { data } = await (await signIn()).get('/tasks/registered/search.plain/schema')

    expect(data).toMatchObject({
      name: 'Say',
      task: 'search.plain',
      queue: 'celery',
      positional: ['word', 'pin'],
    })
    expect(data.payload).toMatchObject({
      type: 'object',
      required: ['word'],
      properties: { word: { type: 'string' } },
    })
  })

  it('knows no task of another name', async () => {
    expect(await (await signIn()).get('/tasks/registered/nothing/schema')).toFail(404, 'task.unknown')
  })
})

describe('POST /tasks/{task_id}/retry', () => {
  it('runs a finished task again as a new one that names the old one', async () => {
    const user = await signIn({ can: ['sys:task:retry'] })
    const old = await ending(await ask(plain, { word: unique('word') }))

    const answer = await user.post(`/tasks/${old.task_id}/retry`)

    expect(answer).toSucceed()
    const row = await ending(answer.data.task_id)
    expect(row).toMatchObject({
      status: 'SUCCESS',
      retry_of: old.id,
      kwargs: old.kwargs,
      user_id: user.user.id,
    })
  })

  it('refuses a task that has not ended, one that nobody knows, and one whose task is gone', async () => {
    const user = await signIn({ can: ['sys:task:retry'] })
    const waiting = await ask(plain, { word: 'a' }, later)
    const gone = await ending(await ask(plain, { word: 'a' }))
    await resultCrud.update(reader(), gone.id, { name: 'search.gone' })

    expect(await user.post(`/tasks/${waiting}/retry`)).toFail(409, 'task.not_finished')
    expect(await user.post(`/tasks/${unique('id')}/retry`)).toFail(404, 'task_result.not_found')
    expect(await user.post(`/tasks/${gone.task_id}/retry`)).toFail(404, 'task.unknown')
  })
})

describe('POST /tasks/retry-matching', () => {
  it('tells first how many match, and then runs each of them again once', async () => {
    const user = await signIn({ can: ['sys:task:retry'] })
    const word = unique('word')
    const failed = [await ending(await ask(broken, { word })), await ending(await ask(broken, { word }))]
    await ending(await ask(plain, { word }))

    const dry = await user.post('/tasks/retry-matching', { text: word })
    expect(dry.data).toEqual({ matching: 2, is_exact: true, task_id: null })
    const answer = await user.post('/tasks/retry-matching', { text: word, dry_run: false })

    const done = await ending(answer.data.task_id)
    expect(done).toMatchObject({ status: 'SUCCESS', queue: 'control', progress: 100 })
    expect(JSON.parse(done.result ?? '')).toEqual({ accepted: 2, refused: 0 })
    const repeated = await resultCrud.find(reader(), { where: { parent_id: done.id } })
    expect(repeated.map((row) => row.retry_of).sort()).toEqual(failed.map((row) => row.id).sort())
  })

  it('runs nothing again that was: what counts is its repetition, and whether that failed too', async () => {
    const user = await signIn({ can: ['sys:task:retry'] })
    const word = unique('word')
    const failed = await ending(await ask(broken, { word }))
    const mended = await ending(await ask(plain, { word }))
    await resultCrud.update(reader(), mended.id, { status: 'FAILURE' })
    const all = async () => {
      const { data } = await user.post('/tasks/retry-matching', { text: word, dry_run: false })
      const { id, result } = await ending(data.task_id)
      const repeated = await resultCrud.find(reader(), { where: { parent_id: id }, order: ['id'] })
      for (const one of repeated) await ending(one.task_id)
      return { matching: data.matching, result: JSON.parse(result ?? ''), repeated }
    }

    const first = await all()
    const second = await all()

    expect(first).toMatchObject({ matching: 2, result: { accepted: 2 } })
    expect(second).toMatchObject({ matching: 1, result: { accepted: 1 } })
    const again = first.repeated.find((one) => one.retry_of === failed.id)
    expect(second.repeated.map((one) => one.retry_of)).toEqual([again?.id])
    expect(await user.post(`/tasks/${failed.task_id}/retry`)).toSucceed()
  })

  it('refuses to take everything, and states that cannot be run again', async () => {
    const user = await signIn({ can: ['sys:task:retry'] })

    expect((await user.post('/tasks/retry-matching', { status: ['FAILURE'] })).status).toBe(422)
    expect((await user.post('/tasks/retry-matching', { name: 'x', status: ['PENDING'] })).status).toBe(422)
  })
})

describe('POST /tasks/cancel-matching', () => {
  it('revokes what waits and matches, and leaves the rest alone', async () => {
    const user = await signIn({ can: ['sys:task:revoke'] })
    const word = unique('word')
    const waiting = [await ask(plain, { word }, later), await ask(other, { word }, later)]
    const bystander = await ask(plain, { word: unique('word') }, later)

    const answer = await user.post('/tasks/cancel-matching', { text: word, dry_run: false })

    expect(answer.data).toMatchObject({ matching: 2, is_exact: true })
    expect(JSON.parse((await ending(answer.data.task_id)).result ?? '')).toEqual({ revoked: 2, told: 0 })
    for (const id of waiting) expect((await resultOf(id)).status).toBe('REVOKED')
    expect((await resultOf(bystander)).status).toBe('PENDING')
  })
})

describe('retention', () => {
  it('forgets words together with their results', async () => {
    const row = await ending(await ask(plain, { word: unique('word') }))
    await resultCrud.update(reader(), row.id, { date_done: new Date(Date.now() - 25 * 3_600_000) })

    await purgeFinished()

    expect(await termCrud.find(reader(), { where: { id: row.id } })).toEqual([])
  })
})
