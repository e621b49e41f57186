import './demo-mode-env'
import { signInAdmin, stranger, useApp } from '#testing'
import { endpoints, nameOf } from './endpoint'
import { login } from './scenario/auth'
import { routeOf, send } from './walk'

useApp()

/** Who looks around must get in and out. */
const ALLOWED = ['POST /auth/login', 'POST /auth/logout', 'POST /auth/refresh']

const declared = endpoints.filter(routeOf).map((endpoint) => ({ name: nameOf(endpoint), endpoint }))
const refused = declared.filter(({ name, endpoint }) => endpoint.method !== 'GET' && !ALLOWED.includes(name))

describe('in demo mode', () => {
  it.each(refused)('$name is refused', async ({ endpoint }) => {
    expect(await send(endpoint, await signInAdmin())).toFail(403, 'request.demo_mode')
    expect(await send(endpoint, stranger())).toFail(403, 'request.demo_mode')
  })

  it('nothing else is refused than what the contract names', () => {
    const named = declared.filter(({ endpoint }) => endpoint.errors.some(({ id }) => id === 'E403-demo'))
    // Of tasks and schedules the contract says nothing about demo mode: there the rule above is ours.
    const spoken = refused.filter(({ name }) => !/ \/(tasks|task-results|schedulers)\b/.test(name))

    expect(named.map(({ name }) => name)).toEqual(spoken.map(({ name }) => name))
  })

  it('people log in, refresh and log out', async () => {
    const { answer, headers } = await login()

    expect(answer).toSucceed()
    expect(await stranger().post('/auth/refresh', undefined, { headers })).toSucceed()
    expect(await stranger().post('/auth/logout', undefined, { headers })).toSucceed()
  })

  it('people read', async () => {
    expect(await (await signInAdmin()).get('/sys/users')).toSucceed()
  })
})
