import { freshHome } from '../support/database-server'
import { startOtlpReceiver } from '../support/otlp-receiver'
import { StewardProcess } from '../support/steward-process'

it('a call is a span with the database and Redis below it', async () => {
  const receiver = await startOtlpReceiver()
  const settings = { ADMIN_PASSWORD: 'chosen-by-me-7', GRAFANA_OTLP_HTTP_ENDPOINT: receiver.address }
  const server = await StewardProcess.start({ ...(await freshHome()), ...settings })
  const traceId = 'ab'.repeat(16)
  const login = `${server.address}/api/v1/auth/login/swagger?username=admin&password=chosen-by-me-7`
  const traceparent = `00-${traceId}-${'cd'.repeat(8)}-01`
  const answer = await fetch(login, { method: 'POST', headers: { traceparent } })
  await fetch(`${server.address}/api/v1/nothing/4711`)

  server.child.kill('SIGTERM')
  await server.ended()
  receiver.stop()

  const spans = receiver.spans()
  const call = spans.find((span) => span.name === 'POST /api/v1/auth/login/swagger')
  expect(call).toMatchObject({ traceId, parentSpanId: 'cd'.repeat(8) })
  expect(call?.attributes).toMatchObject({
    'http.response.status_code': 200,
    'http.route': '/api/v1/auth/login/swagger',
    request_id: answer.headers.get('x-request-id'),
  })
  const below = spans.filter((span) => span.parentSpanId === call?.spanId).map((span) => span.name)
  expect(below).toContain('SELECT sys_user')
  expect(below.some((name) => /^(EVAL|EVALSHA|SET|GET|MGET)$/.test(name))).toBe(true)
  expect(spans.map((span) => span.name)).toContain('POST /api/v1/auth/login/swagger')
  expect(JSON.stringify(spans)).not.toMatch(/chosen-by-me|argon2/)
  expect(receiver.services()).toEqual(['fba_server'])
}, 60_000)
