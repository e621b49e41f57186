import { signIn, stranger, useApp } from '#testing'
import { head, sendRaw } from '../support/raw-http'

useApp()

const OURS = 'http://localhost:5173'
const THEIRS = 'https://evil.example'
const METHODS = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT'

const preflight = (origin: string, method = 'PUT') =>
  sendRaw(
    head(
      'OPTIONS /api/v1/sys/users',
      `Origin: ${origin}`,
      `Access-Control-Request-Method: ${method}`,
      'Access-Control-Request-Headers: authorization,content-type',
    ),
  )

describe('a preflight', () => {
  it('of an allowed origin says what may be sent', async () => {
    const answer = await preflight(OURS)

    expect(answer).toMatchObject({ status: 200, text: 'OK' })
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'access-control-allow-origin': OURS,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '600',
    })
    expect(answer.headers.vary).toContain('Origin')
  })

  it('of another origin is refused', async () => {
    const answer = await preflight(THEIRS)

    expect(answer).toMatchObject({ status: 400, text: 'Disallowed CORS origin' })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('for a strange method is refused', async () => {
    expect(await preflight(OURS, 'TRACE')).toMatchObject({ status: 400, text: 'Disallowed CORS method' })
  })
})

describe('a request', () => {
  it.each(['/sys/users', '/nothing', '/sys/users?page=0'])(
    'of an allowed origin may read the answer, errors too: %s',
    async (path) => {
      const caller = path.includes('page') ? await signIn() : stranger()
      const answer = await caller.get(path, { headers: { Origin: OURS } })

      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('access-control-allow-origin')).toBe(OURS)
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
      expect(answer.headers.get('access-control-expose-headers')).toBe('X-Request-ID')
    },
  )

  it('with a request id that is none may still read why', async () => {
    const answer = await stranger().get('/nothing', { headers: { Origin: OURS, 'X-Request-ID': 'mine' } })

    expect(answer.body).toEqual({ code: 400, msg: 'BAD_REQUEST', data: null })
    expect(answer.headers.get('access-control-allow-origin')).toBe(OURS)
    expect(answer.headers.get('x-request-id')).toBeNull()
  })

  it('of another origin is answered, but not for its pages', async () => {
    const answer = await stranger().get('/nothing', { headers: { Origin: THEIRS } })

    expect(answer.status).toBe(404)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('without an origin gets no such headers', async () => {
    const answer = await stranger().get('/nothing')

    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })
})
