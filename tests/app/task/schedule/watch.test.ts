import { io, type Socket } from 'socket.io-client'
import { module, readSession, runs, task, z } from '#core'
import { buildSchedule, forgetSchedules, reachesTicks } from '../../../support/schedules'
import { forgetTasks } from '../../../support/tasks'
import { baseUrl, signIn, useApp } from '#testing'

const plain = task({ name: 'test.plain', title: 'Say', payload: z.object({}) })
useApp(module({ name: 'test-tasks', version: '1.0.0', tasks: [runs(plain, async () => null)] }))
forgetTasks()
forgetSchedules()

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect()
})

const once = (socket: Socket, event: string) =>
  new Promise<unknown>((resolve) => void socket.once(event, (answer: unknown) => resolve(answer)))

async function connect(): Promise<Socket> {
  const token = String((await signIn()).headers['Authorization']).replace('Bearer ', '')
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

async function ask(socket: Socket, event: string, payload: unknown) {
  const answer = Promise.race([once(socket, event), once(socket, 'refused')])
  socket.emit(event, payload)
  return answer
}

async function makeDue({ id, name, task: known }: { id: string; name: string; task: string }): Promise<void> {
  const editor = await signIn({ can: ['sys:task:edit'] })
  const start_time = new Date().toISOString()
  await editor.put(`/schedulers/${id}`, { name, task: known, type: 1, start_time })
}

const soon = () => buildSchedule({ start_time: new Date(), next_run_time: new Date() })

it('whoever watches a schedule hears what comes of its ticks', async () => {
  const row = await buildSchedule()
  const socket = await connect()
  expect(await ask(socket, 'watch_schedule', { id: row.id })).toBeNull()
  const heard = once(socket, 'task_schedule_ticks')

  await makeDue(row)

  const { ticks } = (await heard) as { ticks: { schedule_id: string }[] }
  const [recorded] = await reachesTicks(row.id, 1)
  expect(ticks.filter((tick) => tick.schedule_id === row.id)).toEqual([
    {
      ...{ schedule_id: row.id, outcome: 'dispatched', reason: null, task_id: recorded?.task_id },
      due_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    },
  ])
}, 30_000)

it('whoever does not watch it, or no more, hears nothing', async () => {
  const [watched, other, due] = [await buildSchedule(), await soon(), await buildSchedule()]
  const [stranger, former, witness] = [await connect(), await connect(), await connect()]
  await ask(former, 'watch_schedule', { id: other.id })
  await ask(former, 'unwatch_schedule', { id: other.id })
  await ask(stranger, 'watch_schedule', { id: watched.id })
  const heard: unknown[] = []
  for (const socket of [stranger, former]) socket.on('task_schedule_ticks', (news) => heard.push(news))

  await ask(witness, 'watch_schedule', { id: due.id })
  const told = once(witness, 'task_schedule_ticks')
  await makeDue(due)
  await told
  // By its answer everything that was sent before has arrived.
  for (const socket of [stranger, former]) await ask(socket, 'task_worker_status', null)

  expect(heard).toEqual([])
}, 30_000)

it.each([
  ['that is not there', { id: '1' }, 404],
  ['without an id', {}, 400],
])('a schedule %s cannot be watched', async (_what, payload, code) => {
  const socket = await connect()

  expect(await ask(socket, 'watch_schedule', payload)).toMatchObject({ event: 'watch_schedule', code })
})
