import '../support/web-only'
import { randomUUID } from 'node:crypto'
import { QueryTypes } from 'sequelize'
import fc from '../support/property'
import { modules } from '../../src/app/modules'
import { operaLogCrud } from '../../src/app/admin/crud/logs'
import { database, reader } from '../../src/infra/database'
import { t } from '../../src/infra/i18n'
import { mountedRoutes } from '../architecture/routes'
import { until } from '../support/redis'
import { Client, baseUrl, signInAdmin, stranger, useApp, type Answer, type SignedIn } from '#testing'
import { endpoints, nameOf, patternOf } from './endpoint'
import {
  BROKEN_TOKENS,
  dangerousBodies,
  hostileCalls,
  randomBody,
  urlOf,
  type Base,
  type HostileCall,
} from './hostile'
import type { Turn } from './scenario/turn'
import { scenarios } from './scenarios'

/** Ids of all calls that must be in the operation log when everything is over. */
const traced: string[] = []

// Before `useApp()`, whose own end stops the application.
afterAll(async () => {
  for (let from = 0; from < traced.length; from += 500)
    expect(await wronglyLogged(traced.slice(from, from + 500))).toEqual([])
}, 60_000)

useApp()

/** Failures come back with `npx jest … ` as they were. */
const SEED = 20_261_121
const RUNS = 5

const all = mountedRoutes(modules)
const nameOfRoute = ({ route, pattern }: (typeof all)[number]) => `${route.method.toUpperCase()} ${pattern}`

/** Tables that take a row for every call or every try to log in, or by themselves as time goes by. */
const OWN_PACE = new Set(['sys_opera_log', 'sys_login_log', 'task_alert'])
const tables = () =>
  modules.flatMap((one) => one.models ?? []).filter((model) => !OWN_PACE.has(model.tableName))

/** How many rows each table holds, in one statement: it is asked before and after each of thousands of calls. */
async function rowCounts(): Promise<Record<string, number>> {
  const quoted = (name: string) => database().getQueryInterface().quoteIdentifier(name)
  const parts = tables().map(
    ({ tableName }) => `SELECT '${tableName}' AS name, COUNT(*) AS held FROM ${quoted(tableName)}`,
  )
  const rows = await database().query<{ name: string; held: number | string }>(parts.join(' UNION ALL '), {
    type: QueryTypes.SELECT,
  })
  return Object.fromEntries(rows.map(({ name, held }) => [name, Number(held)]))
}

/** A good call of the route, where the contract has one; else one that is refused for what it lacks. */
async function baseOf({ route, pattern }: (typeof all)[number], caller: SignedIn): Promise<Base> {
  const endpoint = endpoints.find(
    (one) => patternOf(one) === pattern && one.method === route.method.toUpperCase(),
  )
  const turn: Turn = endpoint ? ((await scenarios[nameOf(endpoint)]?.prepare(caller)) ?? {}) : {}
  const body = turn.body instanceof FormData ? {} : ((turn.body ?? {}) as Record<string, unknown>)
  return { route, pattern, path: turn.path ?? {}, query: turn.query ?? {}, body }
}

/** The call without what makes it succeed where no body can spoil it: its ids are unknown, its query is gone. */
const harmless = (base: Base): Base =>
  base.route.body || base.route.method === 'get' ? base : { ...base, path: {}, query: {} }

async function send(caller: Client, call: HostileCall, isLogged: boolean): Promise<Answer> {
  const id = randomUUID().replaceAll('-', '')
  if (isLogged) traced.push(id)
  return caller.send(call.method, call.url, call.body, {
    headers: { 'X-Request-ID': id, ...call.headers },
  })
}

/** The contract's 500 where no worker lives, as here. */
const noWorker = () => t('zh-CN', 'task.no_worker')

const isRefused = (answer: Answer) => answer.status >= 400 || (answer.code !== null && answer.code !== 200)

/** What is wrong with an answer, whatever was asked; empty where nothing is. */
function flaw(call: HostileCall, answer: Answer): string {
  const shown = () =>
    `${call.method} ${call.url.slice(0, 150)} (${call.what.slice(0, 100)}): ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`
  if (answer.status >= 500 && answer.msg !== noWorker()) return `fails: ${shown()}`
  if (!/^[0-9a-f]{32}$/.test(answer.headers.get('x-request-id') ?? '')) return `has no id: ${shown()}`
  if (answer.status === 429) return ''
  if (call.status !== undefined && answer.status !== call.status) return `is not ${call.status}: ${shown()}`
  if (!isRefused(answer)) return ''
  const { code, msg } = answer
  if (typeof code !== 'number' || msg === '' || answer.data === undefined) return `is no envelope: ${shown()}`
  return answer.status === 200 || typeof answer.body.trace_id === 'string' ? '' : `has no trace: ${shown()}`
}

async function inTurns<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: 6 }, worker))
}

/** Which of the calls are in the operation log more or less than once; reads and refusals arrive a moment later. */
async function wronglyLogged(ids: string[]): Promise<string[]> {
  const rows = () => operaLogCrud.find(reader(), { where: { trace_id: ids }, columns: ['trace_id'] })
  await until('every call is in the operation log', async () => (await rows()).length >= ids.length)
  const seen = new Map<string, number>()
  for (const { trace_id } of await rows()) seen.set(trace_id, (seen.get(trace_id) ?? 0) + 1)
  return ids.filter((id) => seen.get(id) !== 1)
}

describe.each(all.map((mounted) => ({ name: nameOfRoute(mounted), ...mounted })))('$name', (mounted) => {
  const { route, pattern } = mounted
  const isLogged = route.log !== 'none'

  it('answers every broken call, and saves nothing of it', async () => {
    const caller = await signInAdmin()
    const base = harmless(await baseOf(mounted, caller))
    const before = await rowCounts()
    const flaws: string[] = []
    let accepted = 0

    await inTurns(hostileCalls(base), async (call) => {
      const answer = await send(caller, call, isLogged)
      if (!isRefused(answer)) accepted += 1
      flaws.push(flaw(call, answer))
    })

    expect(flaws.filter((one) => one !== '')).toEqual([])
    if (accepted === 0 || route.method === 'get') expect(await rowCounts()).toEqual(before)
  })

  if (route.access !== 'public')
    it('asks for a token whatever stands in its place', async () => {
      const base: Base = { route, pattern, path: {}, query: {}, body: {} }
      for (const header of BROKEN_TOKENS) {
        const call = { what: header, method: route.method.toUpperCase(), url: urlOf(base) }
        const answer = await send(stranger(), { ...call, headers: { Authorization: header } }, isLogged)
        expect(flaw({ ...call, status: 401 }, answer)).toBe('')
      }
    })

  if (route.body && !route.upload)
    it('takes or refuses any JSON object, and saves nothing when it refuses', async () => {
      const caller = await signInAdmin()
      const base = await baseOf(mounted, caller)
      const examples = dangerousBodies(base).map((body): [string] => [body])
      let before = await rowCounts()

      await fc.assert(
        fc.asyncProperty(randomBody(base), async (body) => {
          const headers = { 'Content-Type': 'application/json' }
          const call = { what: body, method: route.method.toUpperCase(), url: urlOf(base), body, headers }
          const answer = await send(caller, call, isLogged)
          expect(flaw(call, answer)).toBe('')
          // No database keeps it, and some turn it into something else without a word.
          if (body.includes('\\u0000')) expect(isRefused(answer)).toBe(true)
          const after = await rowCounts()
          if (isRefused(answer)) expect(after).toEqual(before)
          before = after
        }),
        { seed: SEED, examples, numRuns: examples.length + RUNS, endOnFailure: true },
      )
      expect(({} as { is_superuser?: unknown }).is_superuser).toBeUndefined()
    })

  if (route.body && !route.upload)
    it('says what is wrong in the language of the caller', async () => {
      const admin = await signInAdmin()
      const url = urlOf({ route, pattern, path: {}, query: {}, body: {} })
      const inLanguage = (language: string) => admin.send(route.method.toUpperCase(), url, [], { language })

      const [chinese, english, unknown] = [
        await inLanguage('zh-CN'),
        await inLanguage('en-US'),
        await inLanguage('tlh'),
      ]

      expect(chinese.msg).toMatch(/[\u4e00-\u9fff]/)
      expect(english.msg).not.toMatch(/[\u4e00-\u9fff]/)
      expect(unknown.msg).toBe(chinese.msg)
    })
})

describe('an id of nobody', () => {
  const named = endpoints.filter((one) => one.request.path['pk'])

  it.each(named.map((endpoint) => ({ name: nameOf(endpoint), endpoint })))('$name', async ({ endpoint }) => {
    const admin = await signInAdmin()
    const turn: Turn = (await scenarios[nameOf(endpoint)]?.prepare(admin)) ?? {}
    const before = await rowCounts()

    for (const pk of ['0', '1', '9223372036854775807']) {
      const path = endpoint.path.replace('{pk}', pk)
      const query = new URLSearchParams(turn.query).toString()
      const answer = await admin.send(endpoint.method, query ? `${path}?${query}` : path, turn.body)
      const isNothing = answer.status === 200 && answer.code === 400
      const isFine = answer.status === 404 || isNothing || answer.msg === noWorker()
      expect(isFine || SUCCEEDS.has(nameOf(endpoint)) ? '' : `${pk}: ${answer.status} ${answer.msg}`).toBe('')
    }
    expect(await rowCounts()).toEqual(before)
  })
})

/** Ending what is not there is a success (contract 2.12). */
const SUCCEEDS = new Set(['DELETE /monitors/sessions/{pk}'])

describe('a request id that is no UUID', () => {
  it.each(['x', '1234', "'; --", 'g'.repeat(32), '0'.repeat(33)])('is refused: %s', async (id) => {
    const answer = await new Client(baseUrl()).get('/auth/captcha', { headers: { 'X-Request-ID': id } })

    expect(answer.body).toEqual({ code: 400, msg: 'BAD_REQUEST', data: null })
    expect(answer.status).toBe(400)
  })
})
