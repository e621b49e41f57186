import { modules } from '../../src/app/modules'
import { mountedRoutes, type AnyRoute } from '../architecture/routes'
import { signIn, signInAdmin, stranger, type Answer, type Client } from '#testing'
import { nameOf, patternOf, type Endpoint } from './endpoint'
import type { Scenario, SignedInCaller, Turn } from './scenario/turn'
import { scenarios } from './scenarios'

const declared = new Map(
  mountedRoutes(modules).map(({ route, pattern }) => [`${route.method.toUpperCase()} ${pattern}`, route]),
)

/** The route behind an endpoint of the contract. */
export const routeOf = (endpoint: Endpoint): AnyRoute | undefined =>
  declared.get(`${endpoint.method} ${patternOf(endpoint)}`)

export function scenarioOf(endpoint: Endpoint): Scenario {
  const scenario = scenarios[nameOf(endpoint)]
  if (!scenario) throw new Error(`write a scenario for ${nameOf(endpoint)} in tests/contract/scenario`)
  return scenario
}

/** The level at which Steward serves an endpoint. */
export const levelOf = (endpoint: Endpoint): Endpoint['auth'] =>
  scenarioOf(endpoint).level?.is === 'signed_in' ? 'jwt' : endpoint.auth

/** Somebody who may call the endpoint and nothing else that needs a right. */
export async function callerOf(endpoint: Endpoint): Promise<SignedInCaller> {
  switch (levelOf(endpoint)) {
    case 'public':
      return Object.assign(stranger(), { user: { id: '', username: '', uuid: '' } })
    case 'jwt':
      return signIn({ can: ['some:other:code'] })
    case 'superuser':
      return signInAdmin()
    case 'rbac':
      return signIn({ can: [endpoint.permission ?? ''] })
  }
}

/** Sends a turn; without one, a call that is good for nothing but being refused. */
export function send(endpoint: Endpoint, caller: Client, turn: Turn = {}): Promise<Answer> {
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(turn.path?.[name] ?? '1'),
  )
  const query = new URLSearchParams(turn.query).toString()
  return (turn.as ?? caller).send(endpoint.method, query ? `${path}?${query}` : path, turn.body, {
    ...(turn.headers && { headers: turn.headers }),
  })
}

type Part = 'path' | 'query' | 'body'

/** A turn with one value replaced; `undefined` leaves it out. */
export function withValue(turn: Turn, part: Part, name: string, value: unknown): Turn {
  const values: Record<string, unknown> = { ...(turn[part] as object | undefined) }
  if (value === undefined) delete values[name]
  else values[name] = part === 'body' || typeof value === 'string' ? value : JSON.stringify(value)
  return { ...turn, [part]: values }
}

/** A turn whose body is changed field by field. */
export function withBody(turn: Turn, change: (name: string, value: unknown) => unknown): Turn {
  const body = turn.body as Record<string, unknown>
  const entries = Object.entries(body).map(([name, value]) => [name, change(name, value)] as const)
  return { ...turn, body: Object.fromEntries(entries.filter(([, value]) => value !== undefined)) }
}
