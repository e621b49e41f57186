import '../../support/metrics-on'
import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import { module, pushJobs, reader, readSession, removeJob, runs, task, z } from '#core'
import { resultCrud } from '../../../src/app/task/crud/result'
import { stopMetrics } from '../../../src/infra/metrics'
import { ask as accept, ending, forgetTasks, resultOf } from '../../support/tasks'
import { baseUrl, signIn, unique, useApp, type Client } from '#testing'

const Word = z.object({ word: z.string() })
const talking = task({ name: 'watch.talking', title: 'Talk', payload: Word })
const broken = task({ name: 'watch.broken', title: 'Fail', payload: Word, attempts: 1 })

/** Holds a task back until somebody watches it. */
const gate: { open(): void; opened: Promise<void> } = { open: () => {}, opened: Promise.resolve() }
gate.opened = new Promise((resolve) => (gate.open = resolve))

useApp(
  module({
    name: 'watch-tasks',
    version: '1.0.0',
    tasks: [
      runs(talking, async (_call, { word }, run) => {
        if (word === 'hello') await gate.opened
        run.progress(40)
        run.log(`said ${word}`)
      }),
      runs(broken, async () => {
        throw new Error('never works')
      }),
    ],
  }),
)
forgetTasks()
afterAll(() => stopMetrics())

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect()
})

const once = (socket: Socket, event: string) =>
  new Promise<unknown>((resolve) => void socket.once(event, (answer: unknown) => resolve(answer)))

async function connect(user: Client): Promise<Socket> {
  const token = String(user.headers['Authorization']).replace('Bearer ', '')
  const auth = { token, session_uuid: (await readSession(token)).session_uuid }
  const socket = io(baseUrl(), {
    path: '/ws/socket.io',
    transports: ['websocket'],
    reconnection: false,
    auth,
  })
  open.push(socket)
  await once(socket, 'connect')
  return socket
}

async function say(socket: Socket, event: string, payload: unknown) {
  const answer = Promise.race([once(socket, event), once(socket, 'refused')])
  socket.emit(event, payload)
  return answer
}

interface News {
  status?: string
  counts?: { succeeded?: number; revoked?: number }
}

/** Everything of that name until one fits. */
function hears(socket: Socket, event: string, fits: (news: News) => boolean): Promise<News[]> {
  const heard: News[] = []
  return new Promise((resolve) => {
    socket.on(event, (news: News) => {
      heard.push(news)
      if (fits(news)) resolve(heard)
    })
  })
}

it('whoever watches a task hears its states, its progress and its lines', async () => {
  const id = await accept(talking, { word: 'hello' })
  const socket = await connect(await signIn({ can: ['sys:task:monitor'] }))
  expect(await say(socket, 'watch_task', { task_id: id })).toMatchObject({ task_id: id, progress: null })
  const states = hears(socket, 'task_state', ({ status }) => status === 'SUCCESS')
  const news = once(socket, 'task_progress')
  gate.open()

  expect(await news).toMatchObject({
    ...{ task_id: id, progress: 40 },
    lines: [expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d said hello$/)],
  })
  expect(await states).toContainEqual({ task_id: id, name: 'watch.talking', status: 'SUCCESS' })
}, 40_000)

it('a task of somebody else is not there for who may not monitor', async () => {
  const id = await accept(talking, { word: 'later' }, { delay: 3600 })
  const socket = await connect(await signIn())

  expect(await say(socket, 'watch_task', { task_id: id })).toMatchObject({ event: 'watch_task', code: 404 })
  expect(await say(socket, 'watch_queue', { queue: 'celery' })).toMatchObject({ code: 403 })
})

it('the one who asked for a task may watch it', async () => {
  const user = await signIn({ can: ['sys:task:exec'] })
  const { data } = await user.post('/tasks/run', { task: 'watch.talking', kwargs: { word: 'mine' } })

  expect(await say(await connect(user), 'watch_task', { task_id: data.task_id })).toMatchObject({
    task_id: data.task_id,
  })
})

it('whoever watches a queue hears how much happened in it', async () => {
  const socket = await connect(await signIn({ can: ['sys:task:monitor'] }))
  expect(await say(socket, 'watch_queue', { queue: 'celery' })).toBeNull()
  const heard = hears(socket, 'task_queue', ({ counts }) => Boolean(counts?.succeeded))

  await accept(talking, { word: 'a' })

  expect(await heard).toContainEqual({
    queue: 'celery',
    counts: expect.objectContaining({ succeeded: expect.any(Number) }),
  })
}, 40_000)

it('everybody is told when tasks start, succeed and fail', async () => {
  const socket = await connect(await signIn())
  const told: string[] = []
  socket.on('task_notification', ({ msg }: { msg: string }) => told.push(msg))

  const [good, bad] = [await accept(talking, { word: 'a' }), await accept(broken, { word: 'a' })]

  for (
    let tries = 0;
    tries < 400 && told.filter((msg) => msg.includes(good) || msg.includes(bad)).length < 4;
    tries += 1
  )
    await pause(50)
  expect(told).toEqual(
    expect.arrayContaining([`任务 ${good} 开始执行`, `任务 ${good} 执行成功`, `任务 ${bad} 执行失败`]),
  )
}, 40_000)

it('tasks are counted under the names that dashboards know', async () => {
  await ending(await accept(talking, { word: unique('word') }))
  await ending(await accept(broken, { word: unique('word') }))
  const read = async () => (await fetch(`${baseUrl()}/metrics`)).text()
  let text = await read()
  for (let tries = 0; tries < 200 && !/celery_task_failed_total\{[^}]*watch\.broken/.test(text); tries += 1) {
    await pause(50)
    text = await read()
  }

  for (const kind of ['sent', 'received', 'started', 'succeeded'])
    expect(text).toMatch(new RegExp(`celery_task_${kind}_total\\{name="watch.talking",[^}]*\\} [1-9]`))
  expect(text).toMatch(/celery_task_failed_total\{name="watch\.broken",[^}]*\} [1-9]/)
  expect(text).toMatch(/celery_task_runtime_bucket\{le="[^"]+",[^}]*name="watch\.talking"/)
  expect(text).toMatch(/celery_queue_length\{queue="celery",queue_name="celery"[^}]*\} \d/)
  expect(text).toMatch(/celery_worker_up\{hostname="celery@[^"]+"[^}]*\} 1/)
  expect(text).toMatch(/celery_worker_tasks_active\{hostname="celery@/)
  expect(text).toContain('# TYPE celery_task_retried_total counter')
})

describe('counted as rejected is a task that a worker refuses without running it:', () => {
  /** As a deploy, or another version, has left it in the table. */
  async function changed(values: { name?: string; kwargs?: string }): Promise<string> {
    const id = await accept(talking, { word: 'a' }, { delay: 3600 })
    const { id: row, queue } = await resultOf(id)
    await resultCrud.update(reader(), row, values)
    await removeJob(queue ?? '', row)
    const name = values.name ?? talking.name
    await pushJobs([{ id: row, name, queue: queue ?? '', due_time: new Date() }])
    return id
  }

  async function rejections(name: string): Promise<number> {
    const text = await (await fetch(`${baseUrl()}/metrics`)).text()
    const line = text.split('\n').find((one) => one.startsWith(`celery_task_rejected_total{name="${name}"`))
    return Number(line?.split(' ').at(-1) ?? 0)
  }

  /** As soon as there are more than that. */
  async function moreThan(before: number, name: string): Promise<number> {
    for (;;) {
      const count = await rejections(name)
      if (count > before) return count
      await pause(50)
    }
  }

  it('nobody knows it here', async () => {
    const name = unique('other.task')

    await changed({ name })

    expect(await moreThan(0, name)).toBe(1)
  }, 40_000)

  it.each([
    ['its payload does not fit any more', '{"word":7}'],
    ['its payload cannot be read', '{"word":'],
  ])(
    '%s',
    async (_why, kwargs) => {
      const before = await rejections(talking.name)

      expect((await ending(await changed({ kwargs }))).status).toBe('FAILURE')

      expect(await moreThan(before, talking.name)).toBe(before + 1)
    },
    40_000,
  )
})

it('a task that has expired counts as revoked', async () => {
  const socket = await connect(await signIn({ can: ['sys:task:monitor'] }))
  await say(socket, 'watch_queue', { queue: 'celery' })
  const heard = hears(socket, 'task_queue', ({ counts }) => Boolean(counts?.revoked))

  await ending(await accept(talking, { word: 'a' }, { expires: new Date(Date.now() - 1000) }))

  expect(await heard).not.toEqual([])
}, 40_000)
