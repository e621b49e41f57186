import '../support/metrics-on'
import { baseUrl, buildUser, signIn, stranger, useApp } from '#testing'
import { countQueueFailure, module, nothing, observeBatch, reportQueue, route } from '../../src/core'
import { startMetrics, stopMetrics } from '../../src/infra/metrics'

const faulty = route({
  method: 'get',
  path: '/samples/:pk/fault',
  title: 'Fail',
  access: 'public',
  reply: nothing(),
  handle: () => {
    throw new RangeError('a fault')
  },
})

useApp(module({ name: 'samples', version: '1.0.0', routes: [faulty] }))
afterAll(() => stopMetrics())

const read = async (headers: Record<string, string> = {}) => fetch(`${baseUrl()}/metrics`, { headers })

/** The value of a series; null when there is none. */
async function value(name: string, labels: Record<string, string> = {}): Promise<number | null> {
  const lines = (await (await read()).text()).split('\n')
  const wanted = Object.entries(labels).map(([key, text]) => `${key}="${text}"`)
  const line = lines.find((one) => one.startsWith(`${name}{`) && wanted.every((label) => one.includes(label)))
  return line === undefined ? null : Number(line.split(' ').at(-1))
}

it('calls are counted by the pattern of their route, never by their path', async () => {
  await stranger().get('/samples/12345/fault')
  const labels = { method: 'GET', path: '/api/v1/samples/{pk}/fault', app_name: 'fba_server' }

  expect(await value('fba_request_total', labels)).toBe(1)
  expect(await value('fba_request_cost_time_count', labels)).toBe(1)
  expect(await value('fba_response_total', { ...labels, status_code: '500' })).toBe(1)
  expect(await value('fba_exception_total', { ...labels, exception_type: 'RangeError' })).toBe(1)
  expect(await (await read()).text()).not.toContain('12345')
})

it('what is under way goes back to nothing, refused calls too', async () => {
  const path = '/api/v1/sys/users'
  await stranger().get('/sys/users')
  await (await signIn()).get('/sys/users?page=0')

  expect(await value('fba_request_in_progress', { method: 'GET', path })).toBe(0)
  expect(await value('fba_exception_total', { path, exception_type: 'auth.not_authenticated' })).toBe(1)
})

it('addresses that do not exist share one series', async () => {
  const user = await buildUser()
  await stranger().get(`/${user.username}`)

  expect(await value('fba_request_total', { path: 'unmatched' })).toBeGreaterThanOrEqual(1)
  expect(await (await read()).text()).not.toContain(user.username)
})

it('queues, the pool and the process are shown', async () => {
  reportQueue('opera_log_queue', () => Promise.resolve(7))
  observeBatch('opera_log_queue', 12)
  countQueueFailure('opera_log_queue')

  expect(await value('fba_queue_size', { queue_name: 'opera_log_queue' })).toBe(7)
  expect(await value('fba_queue_batch_dequeue_cost_time_count')).toBeGreaterThanOrEqual(1)
  expect(await value('fba_queue_exception_total')).toBeGreaterThanOrEqual(1)
  expect(await value('fba_sqlalchemy_pool_connections', { state: 'checked_out' })).not.toBeNull()
  expect(await value('process_resident_memory_bytes')).toBeGreaterThan(0)
})

it('who comes through a proxy is not from this machine', async () => {
  const answer = await read({ 'X-Forwarded-For': '127.0.0.1' })

  expect(answer.status).toBe(403)
})

it('starting again begins anew', async () => {
  await startMetrics()

  expect(await value('fba_exception_total')).toBeNull()
})
