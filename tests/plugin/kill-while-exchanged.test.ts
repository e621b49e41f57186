import '../support/matchers'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { database } from '../../src/infra/database'
import { Client } from '../support/client'
import { ask, inDatabaseOf } from '../support/database-dump'
import { freshHome } from '../support/database-server'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { testDatabase } from '../support/test-database'
import { kept } from './support/kept'
import { form, write, zipOf } from './support/made'

jest.setTimeout(400_000)

/** Kills, spread over the time that a change takes. */
const ROUNDS = testDatabase() === 'sqlite' ? 2 : 1

const KILL = "process.kill(process.pid, 'SIGKILL')"

let home: Record<string, string>
let root: string
let server: StewardProcess
let admin: Client

async function startAgain(): Promise<void> {
  await server?.stop()
  server = await StewardProcess.start(home)
  const login = { username: 'admin', password: 'first-passw0rd' }
  const { data } = await new Client(server.address).post('/auth/login', login)
  admin = new Client(server.address, data.access_token)
}

async function startAnew(): Promise<void> {
  const fresh = await freshHome()
  root = path.join(String(fresh.DATA_DIR), 'plugins')
  write(root, 'kept', kept(0))
  home = { ...fresh, PLUGIN_DIR: root, PLUGIN_REQUIRED: '[]', ADMIN_PASSWORD: 'first-passw0rd', ROLES: 'web' }
  await startAgain()
}

/** The first version is in place, whatever the test before has left. */
async function comeBack(): Promise<void> {
  if (!server.isRunning) await startAgain()
  if (existsSync(path.join(root, 'kept'))) {
    if ((await admin.get('/kept')).data === 0) return
    expect(await remove(false)).toSucceed()
  }
  expect(await install()).toSucceed()
  expect(await wholeVersion()).toBe(0)
}

beforeAll(startAnew)
beforeEach(comeBack)
afterAll(() => server.stop())

const install = async (before = '') => {
  const zip = form(await zipOf('kept', kept(0, before)), 'kept.zip')
  return admin.post('/sys/plugins?type=zip', zip).catch(() => null)
}
const remove = (keepsData: boolean) =>
  admin.delete(`/sys/plugins/kept?keep_data=${keepsData}`).catch(() => null)

/** @returns when the answer is there, or the process is not */
const upgradeTo = async (number: number, before = '') => {
  const zip = form(await zipOf('kept', kept(number, before)), 'kept.zip')
  return admin.put('/sys/plugins/kept?type=zip', zip).catch(() => null)
}
const rollBack = () => admin.post('/sys/plugins/kept/rollback').catch(() => null)

/** What lies beside the place of the plugin, and whether anything lies in it. */
function look(): string {
  const aside = readdirSync(root).filter((name) => name.startsWith('.kept') || name.endsWith('.part'))
  const parts = aside.map((name) => (name.endsWith('.part') ? 'part' : name)).sort()
  return [...parts, existsSync(path.join(root, 'kept')) ? 'kept' : 'nothing'].join(' ')
}

/** The version that works. Tables, menus and migrations are those that it brings, and nothing else lies around. */
async function wholeVersion(): Promise<number> {
  const { status, data } = await admin.get('/kept')
  expect(status).toBe(200)
  const found = await inDatabaseOf(home, async () => ({
    columns: Object.keys(await database().getQueryInterface().describeTable('kept_row')),
    menus: (await ask("SELECT id FROM sys_menu WHERE title = 'kept'")).length,
    migrations: (await ask("SELECT name FROM sys_migration WHERE name LIKE 'kept/%'")).length,
  }))
  const parts = Array.from({ length: data }, (_, at) => `part_${at + 1}`)
  expect(found).toEqual({
    columns: ['id', 'created_time', ...parts],
    menus: data,
    migrations: data + 1,
  })
  expect(look()).toBe('kept')
  return data
}

/** Looks at the folder again and again while something is under way. @returns every other look that there was */
async function looksDuring(work: Promise<unknown>, see?: (now: string) => void): Promise<string[]> {
  const seen: string[] = []
  let isOver = false
  void work.finally(() => (isOver = true))
  while (!isOver) {
    const now = look()
    if (seen.at(-1) !== now) see?.(now)
    if (seen.at(-1) !== now) seen.push(now)
    await turn()
  }
  return seen
}

/** The looks at which a process is killed: on SQLite all of them, on each of the others every other one. */
const pointsAmong = (seen: Iterable<string>): string[] => {
  const odd = { mariadb: 0, postgresql: 1, sqlite: null }[testDatabase()]
  return [...new Set(seen)].filter((_, at) => odd === null || at % 2 === odd)
}

interface Change {
  from: number
  to: number
  begin: () => Promise<unknown>
  back: () => Promise<unknown>
}

/** How a version becomes another one, and how the folder is certain to look meanwhile. */
const CHANGES: [what: string, change: Change, looks: string[]][] = [
  ['upgrade', { from: 0, to: 1, begin: () => upgradeTo(1), back: rollBack }, ['.kept.old kept']],
  [
    'rollback',
    { from: 1, to: 0, begin: rollBack, back: () => upgradeTo(1) },
    ['.kept.old kept', '.kept.leaving kept'],
  ],
]

describe.each(CHANGES)(
  'a process that is killed during a change: %s',
  (_what, { from, to, begin, back }, looks) => {
    beforeEach(async () => {
      if (from === 1) expect(await upgradeTo(1)).toSucceed()
    })

    /** Starts again after a kill; the next one is to find the version from which the change begins. */
    async function endsWhole(): Promise<void> {
      await startAgain()
      const now = await wholeVersion()
      expect([from, to]).toContain(now)
      if (now === to) expect(await back()).toSucceed()
    }

    it('leaves one of both versions whole, however the folder looked just then', async () => {
      const seen = await looksDuring(begin())
      expect(await wholeVersion()).toBe(to)
      expect(await back()).toSucceed()
      expect(seen).toEqual(expect.arrayContaining(looks))
      for (const point of pointsAmong(seen.filter((one) => one !== 'kept'))) {
        await looksDuring(begin(), (now) => {
          if (now === point) server.child.kill('SIGKILL')
        })
        await endsWhole()
      }
    })

    it('leaves one of both versions whole, whenever it happens', async () => {
      const start = performance.now()
      expect(await begin()).toSucceed()
      const whole = performance.now() - start
      expect(await back()).toSucceed()
      for (let round = 0; round < ROUNDS; round += 1) {
        const change = begin()
        await pause((whole * (round + Math.random())) / ROUNDS)
        await server.stop()
        await change
        await endsWhole()
      }
    })
  },
)

/** What is known of the plugin when it is not there. */
const traces = () =>
  inDatabaseOf(home, async () => ({
    tables: (await database().getQueryInterface().showAllTables()).filter(
      (name) => String(name) === 'kept_row',
    ),
    migrations: (await ask("SELECT name FROM sys_migration WHERE name LIKE 'kept/%'")).length,
    rows: (await ask("SELECT state FROM sys_plugin WHERE name = 'kept'")).flatMap(Object.values),
  }))
const NO_TRACE = { tables: [], migrations: 0, rows: [] }
const KEPT_TRACE = { tables: ['kept_row'], migrations: 1, rows: ['removed'] }

interface Coming {
  begin: () => Promise<unknown>
  back: () => Promise<unknown>
  /** What there is when the plugin is not. */
  rest: object
}

/** How a plugin comes and goes, and how the folder is certain to look meanwhile. */
const COMINGS: [what: string, change: Coming, looks: string[]][] = [
  [
    'installation',
    { begin: () => install(), back: () => remove(false), rest: NO_TRACE },
    ['.kept.installing kept'],
  ],
  [
    'installation where data was kept',
    { begin: () => install(), back: () => remove(true), rest: KEPT_TRACE },
    ['.kept.installing kept'],
  ],
  [
    'installation of what cannot work',
    { begin: () => install("throw new Error('never')"), back: () => Promise.resolve(), rest: NO_TRACE },
    ['.kept.installing kept', '.kept.installing .kept.leaving nothing'],
  ],
  [
    'removal',
    { begin: () => remove(false), back: () => install(), rest: NO_TRACE },
    ['.kept.removing kept', '.kept.removing nothing'],
  ],
  [
    'removal that keeps data',
    { begin: () => remove(true), back: () => install(), rest: KEPT_TRACE },
    ['.kept.removing kept', '.kept.removing nothing'],
  ],
]

describe.each(COMINGS)('a process that is killed during the %s', (what, { begin, back, rest }, looks) => {
  const isThere = () => existsSync(path.join(root, 'kept'))

  beforeEach(async () => {
    if (what.startsWith('installation')) expect(await remove(rest === KEPT_TRACE)).toSucceed()
  })

  async function expectWhole(): Promise<void> {
    if (isThere()) expect(await wholeVersion()).toBe(0)
    else expect({ ...(await traces()), look: look() }).toEqual({ ...rest, look: 'nothing' })
  }

  it('leaves it whole or not at all, however the folder looked just then', async () => {
    const wasThere = isThere()
    const seen = await looksDuring(begin())
    await expectWhole()
    expect(seen).toEqual(expect.arrayContaining(looks))
    for (const point of pointsAmong(seen.filter((one) => one.includes(' ')))) {
      if (isThere() !== wasThere) await back()
      await looksDuring(begin(), (now) => {
        if (now === point) server.child.kill('SIGKILL')
      })
      await startAgain()
      await expectWhole()
    }
  })
})

/** Looks that hardly anybody meets: between two steps with nothing in between. */
const BETWEEN: [what: string, tables: number, parts: Record<string, number>, whole: number][] = [
  ['an upgrade that brings the newer version in', 0, { '.kept.old': 0, '.kept.new': 1 }, 0],
  ['an upgrade that takes out a newer version which failed', 1, { '.kept.old': 0, '.kept.leaving': 1 }, 0],
  ['a rollback that brings the older version in', 1, { '.kept.old': 1, '.kept.new': 0 }, 1],
  ['a rollback that takes out an older version which failed', 1, { '.kept.old': 1, '.kept.leaving': 0 }, 1],
  ['a rollback whose older version has just proved itself', 1, { kept: 0, '.kept.leaving': 1 }, 0],
]

it.each(BETWEEN)(
  'a process that was killed in %s leaves a whole version',
  async (_what, tables, parts, whole) => {
    if (tables === 1) expect(await upgradeTo(1)).toSucceed()
    await server.stop()
    rmSync(path.join(root, 'kept'), { recursive: true })
    for (const [part, number] of Object.entries(parts)) write(root, part, kept(number))

    await startAgain()

    expect(await wholeVersion()).toBe(whole)
  },
)

describe('a version that ends the process', () => {
  const elsewhere = async () => {
    await server.stop()
    await startAnew()
  }
  // What is known of it stays where it was.
  beforeEach(elsewhere)
  afterAll(elsewhere)

  it('leaves the older one', async () => {
    expect(await upgradeTo(1, KILL)).toBeNull()

    await startAgain()

    expect(await wholeVersion()).toBe(0)
    expect(await upgradeTo(2)).toSucceed()
    expect(await wholeVersion()).toBe(2)
  })

  describe('as an older one that worked once', () => {
    beforeEach(async () => {
      expect(await upgradeTo(1)).toSucceed()
      const [archive = ''] = readdirSync(root).filter((name) => name.endsWith('.backup.zip'))
      writeFileSync(path.join(root, archive), await zipOf('kept', kept(0, KILL)))
    })

    it('leaves the newer one', async () => {
      expect(await rollBack()).toBeNull()

      await startAgain()

      expect(await wholeVersion()).toBe(1)
    })

    it('is tried by one process: the others keep the newer one, and put it back', async () => {
      const other = await StewardProcess.start(home)
      const bystander = new Client(other.address)
      try {
        expect(await rollBack()).toBeNull()

        await until('the newer one is back', () => Promise.resolve(look() === 'kept'))
        expect((await bystander.get('/kept')).data).toBe(1)
        await startAgain()
        expect(await wholeVersion()).toBe(1)
      } finally {
        await other.stop()
      }
    })
  })
})
