import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Op } from 'sequelize'
import type { Change } from '../../src/common/changes'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { operaLogCrud } from '../../src/app/admin/crud/logs'
import { reader } from '../../src/infra/database'
import { start } from '../../src/start'
import { Client } from '../support/client'
import { testDatabase } from '../support/test-database'
import { buildUser, tokenOf, unique } from '#testing'
import { ServerProcess } from './server-process'

const LANES = 6
const KILLS = 8
/** Answered changes in all: however slow the machine, the server is killed in the middle of them. */
const WANTED = testDatabase() === 'sqlite' ? 2000 : 1000

interface Sent {
  trace: string
  answered: boolean
}

/** One client that makes random changes to departments of its own, one after the other, whatever happens to the server. */
class Lane {
  readonly sent: Sent[] = []
  readonly #names: string[] = []
  readonly #ids = new Map<string, string>()

  constructor(
    readonly prefix: string,
    private readonly client: Client,
  ) {}

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.#step()
  }

  async #step(): Promise<void> {
    const dice = Math.random()
    if (this.#names.length < 3 || dice < 0.4) return this.#create()
    const name = this.#names[Math.floor(Math.random() * this.#names.length)] ?? ''
    const id = await this.#idOf(name)
    if (id === null) return
    if (dice < 0.8)
      return this.#send('PUT', `/sys/depts/${id}`, {
        name,
        status: 1,
        sort: Math.floor(Math.random() * 1000),
      })
    await this.#send('DELETE', `/sys/depts/${id}`)
    this.#names.splice(this.#names.indexOf(name), 1)
  }

  async #create(): Promise<void> {
    const name = `${this.prefix}-${randomUUID().slice(0, 8)}`
    this.#names.push(name)
    await this.#send('POST', '/sys/depts', { name, status: 1 })
  }

  async #idOf(name: string): Promise<string | null> {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const answer = await this.client.get(`/sys/depts?name=${name}`).catch(() => null)
    if (answer === null) await pause(30)
    const found = answer?.data?.[0] as { id: string } | undefined
    if (found) this.#ids.set(name, found.id)
    return found?.id ?? null
  }

  async #send(method: string, path: string, body?: unknown): Promise<void> {
    const trace = randomUUID().replaceAll('-', '')
    const answer = await this.client
      .send(method, path, body, { headers: { 'X-Request-ID': trace } })
      .catch(() => null)
    this.sent.push({ trace, answered: answer?.code === 200 })
    if (answer === null) await pause(30)
  }
}

/** What a table must look like when exactly the logged changes were made, in their order. */
function replay(logs: { changes: unknown }[]): Map<string, Record<string, unknown>> {
  const rows = new Map<string, Record<string, unknown>>()
  const changes = logs.flatMap((log) => (log.changes as { rows: Change[] } | null)?.rows ?? [])
  for (const change of changes.filter((one) => one.table === 'sys_dept')) {
    rows.set(change.id, { ...rows.get(change.id), ...change.after })
  }
  return rows
}

it('loses no answered change, and keeps the log and the tables in step, while the server is killed again and again', async () => {
  const prepared = await start()
  const admin = await buildUser({ is_superuser: true })
  const token = await tokenOf(admin)
  await prepared.lifecycle.stop()
  const server = new ServerProcess()
  await server.start()
  const prefix = unique('crash')
  const lanes = Array.from(
    { length: LANES },
    (_, n) => new Lane(`${prefix}-${n}`, new Client(server.url, token)),
  )
  let isOver = false
  const working = lanes.map((lane) => lane.run(() => isOver))

  const answered = () => lanes.flatMap((lane) => lane.sent).filter((one) => one.answered).length
  for (let kill = 1; kill <= KILLS; kill += 1) {
    while (answered() < (WANTED / KILLS) * kill) await pause(20)
    await pause(Math.random() * 300)
    await server.kill()
    await server.start()
  }
  isOver = true
  await Promise.all(working)
  await server.stop()

  const { lifecycle } = await start()
  try {
    const logs = await operaLogCrud.find(reader(), {
      where: { username: admin.username, status: 1, method: { [Op.ne]: 'GET' } },
      order: [['id', 'ASC']],
    })
    const rows = await deptCrud.find(reader(), { where: { name: { [Op.startsWith]: prefix } } })
    const logged = new Set(logs.map((log) => log.trace_id))
    const lost = lanes.flatMap((lane) => lane.sent).filter((one) => one.answered && !logged.has(one.trace))
    expect(lost).toEqual([])
    const actual = new Map(rows.map(({ id, name, sort, del_flag }) => [id, { name, sort, del_flag }]))
    const wanted = new Map(
      [...replay(logs)].map(([id, row]) => [
        id,
        { name: row['name'], sort: row['sort'], del_flag: row['del_flag'] },
      ]),
    )
    expect(actual.size).toBeGreaterThan(WANTED / 10)
    expect([...actual].sort()).toEqual([...wanted].sort())
  } finally {
    await lifecycle.stop()
  }
}, 600_000)
