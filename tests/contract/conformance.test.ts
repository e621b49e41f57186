import { readFileSync } from 'node:fs'
import {
  Client,
  baseUrl,
  buildDept,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  signInAdmin,
  stranger,
  unique,
  useApp,
  type Answer,
} from '#testing'
import { bodyBreaches, queryBreaches, type Breach } from './bad-field'
import { endpoints, isReference, nameOf, type Endpoint, type Field } from './endpoint'
import { scenarios } from './scenarios'
import { flawsOf, numericIds } from './shape'
import { callerOf, levelOf, routeOf, scenarioOf, send, withBody, withValue } from './walk'

useApp()

/** Errors that a level brings along; the clients below provoke them at every endpoint. */
const OF_THE_LEVEL = new Set([
  ...['E401-noauth', 'E401-mw', 'E403-user-locked', 'E403-dept-locked', 'E403-dept-deleted', 'E403-no-role'],
  ...['E403-no-menu', 'E403-not-staff', 'E403-denied', 'E403-demo', 'E422'],
])

const levels = { public: 'public', jwt: 'signed_in', superuser: 'super_user', rbac: '' }

type Outsiders = Record<'locked' | 'dept_locked' | 'dept_deleted' | 'roles_locked', Client> &
  Record<'no_role' | 'no_menu' | 'not_staff' | 'other_code' | 'not_staff_admin', Client>

let outsiders: Outsiders

beforeAll(async () => {
  const someCode = ['some:other:code']
  const inDept = async (values: object) => signIn({ dept_id: (await buildDept(values)).id })
  outsiders = {
    locked: await signIn({ status: 0 }),
    dept_locked: await inDept({ status: 0 }),
    dept_deleted: await inDept({ del_flag: true }),
    roles_locked: await clientOf(await buildUser({}, [(await buildRole({ status: 0 })).id])),
    no_role: await clientOf(await buildUser()),
    no_menu: await clientOf(await buildUser({}, [(await buildRole()).id])),
    not_staff: await signIn({ is_staff: false, can: someCode }),
    other_code: await signIn({ can: someCode }),
    not_staff_admin: await signInAdmin({ is_staff: false }),
  }
}, 60_000)

describe('the contract', () => {
  it('has a scenario for every endpoint, and none for others', () => {
    expect(Object.keys(scenarios).sort()).toEqual(endpoints.map(nameOf).sort())
  })

  it('is served as a whole', () => {
    expect(endpoints.filter((one) => !routeOf(one)).map(nameOf)).toEqual([])
  })

  it('has a way to provoke every error that an endpoint lists', () => {
    const missing = endpoints.flatMap((one) =>
      one.errors
        .filter(({ id }) => !OF_THE_LEVEL.has(id) && !scenarioOf(one).errors?.[id])
        .map(({ id }) => `${nameOf(one)}: ${id}`),
    )

    expect(missing).toEqual([])
  })
})

describe.each(endpoints.map((endpoint) => ({ name: nameOf(endpoint), endpoint })))(
  '$name',
  ({ endpoint }) => {
    const scenario = scenarioOf(endpoint)
    const level = levelOf(endpoint)
    const { path, query, body } = endpoint.request
    const isJson = endpoint.request.contentType === 'application/json'

    /** A caller, and a valid call that nobody made yet. */
    const ready = async () => {
      const caller = await callerOf(endpoint)
      return { caller, turn: await scenario.prepare(caller) }
    }

    it('asks for the right of the contract', () => {
      expect(routeOf(endpoint)?.access).toBe(level === 'rbac' ? endpoint.permission : levels[level])
    })

    describe('answers', () => {
      it('with exactly what the contract says', async () => {
        const { caller, turn } = await ready()

        const answer = await send(endpoint, caller, turn)

        expect(answer.status).toBe(200)
        const data: unknown = endpoint.envelope ? answer.data : answer.body
        if (endpoint.envelope) {
          expect(answer).toSucceed()
          expect(answer.msg).toBe('请求成功')
          expect(Object.keys(answer.body).sort()).toEqual(['code', 'data', 'msg'])
        }
        expect(flawsOf(endpoint.responseData, data)).toEqual([])
        expect(numericIds(data)).toEqual([])
        expect(isEmpty(endpoint, data)).toBe(false)
        expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
      })

      it('whatever fields there are beside its own', async () => {
        const { caller, turn } = await ready()
        const more = { ...turn, query: { ...turn.query, nobody_knows: 'this' } }
        const withMore = isJson
          ? { ...more, body: { ...(turn.body as object), nobody_knows: { a: 1 } } }
          : more

        expect((await send(endpoint, caller, withMore)).status).toBe(200)
      })
    })

    if (isJson && body) {
      describe('takes', () => {
        it('numbers and booleans as text', async () => {
          const { caller, turn } = await ready()
          const asText = withBody(turn, (_, value) =>
            typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
          )

          expect(await send(endpoint, caller, asText)).toSucceed()
        })

        it('null wherever the contract allows it', async () => {
          const { caller, turn } = await ready()
          const nulls = withBody(turn, (name, value) => (body[name]?.nullable ? null : value))

          expect(await send(endpoint, caller, nulls)).toSucceed()
        })

        it('a body with nothing but the required fields', async () => {
          const { caller, turn } = await ready()
          const least = withBody(turn, (name, value) => (body[name]?.required ? value : undefined))

          expect(await send(endpoint, caller, least)).toSucceed()
        })

        it('texts as long as their columns', async () => {
          const { caller, turn } = await ready()
          const longest = withBody(turn, (name, value) =>
            scenario.meaningful?.includes(name) ? value : longestOf(body[name], value),
          )

          expect(await send(endpoint, caller, longest)).toSucceed()
        })

        it('JSON with and without a charset', async () => {
          const { caller, turn } = await ready()
          const plain = { ...turn, headers: { ...turn.headers, 'Content-Type': 'application/json' } }

          expect(await send(endpoint, caller, plain)).toSucceed()
        })

        it('ids as small numbers too', async () => {
          const { caller, turn } = await ready()
          const numbers = withBody(turn, (name, value) => {
            if (!isReference(name)) return value
            return Array.isArray(value) ? [4_000_000_001] : 4_000_000_001
          })

          expect((await send(endpoint, caller, numbers)).status).not.toBe(422)
        })
      })

      describe('refuses', () => {
        it('a call without a body', async () => {
          const { caller, turn } = await ready()

          const answer = await send(endpoint, caller, { ...turn, body: undefined })

          expect(refusal(answer, { what: '', value: null, types: ['missing'] }, ['body'])).toBe('')
        })

        for (const [name, field] of Object.entries(body))
          it(`a wrong ${name} in the body`, async () => {
            const { caller, turn } = await ready()

            for (const breach of bodyBreaches(name, field)) {
              const answer = await send(endpoint, caller, withValue(turn, 'body', name, breach.value))
              expect(refusal(answer, breach, ['body', name, ...(breach.below ?? [])])).toBe('')
            }
          })
      })
    }

    describe('reads its address', () => {
      const filters = Object.entries(query)

      for (const [name, field] of filters)
        it(`and refuses a wrong ${name}`, async () => {
          const { caller, turn } = await ready()

          for (const breach of queryBreaches(field)) {
            const answer = await send(endpoint, caller, withValue(turn, 'query', name, breach.value))
            expect(refusal(answer, breach, ['query', name])).toBe('')
          }
        })

      const texts = filters.filter(([, field]) => field.type === 'string' && field.nullable)
      if (texts.length > 0)
        it('and takes an empty text for no filter', async () => {
          const { caller } = await ready()
          const empty = Object.fromEntries(texts.map(([name]) => [name, '']))

          const answer = await send(endpoint, caller, { query: empty })

          expect(answer).toSucceed()
          expect(isEmpty(endpoint, answer.data)).toBe(false)
        })

      if (query['page'])
        it('and shows the first twenty rows when not told otherwise', async () => {
          const { caller, turn } = await ready()
          const { data } = await send(endpoint, caller, turn)

          expect(data).toMatchObject({ page: 1, size: 20, total: 1, total_pages: 1 })
          expect(data.links.self).toContain(endpoint.path)
          expect(data.links).toMatchObject({ next: null, prev: null })
        })

      if (path['pk'])
        it.each(['abc', '1.5', '-1', '9223372036854775808', '1e3'])('and refuses the id %s', async (pk) => {
          const { caller, turn } = await ready()

          const answer = await send(endpoint, caller, withValue(turn, 'path', 'pk', pk))

          const types = ['int_parsing', 'int_type', 'id_parsing', 'id_range']
          expect(refusal(answer, { what: pk, value: pk, types }, ['path', 'pk'])).toBe('')
        })
    })

    if (level !== 'public')
      describe('refuses', () => {
        it('strangers and false tokens', async () => {
          const unknown = await send(endpoint, stranger())
          const forged = await send(endpoint, new Client(baseUrl(), 'no.such.token'))

          expect(unknown).toFail(401, 'auth.not_authenticated')
          expect(unknown.headers.get('www-authenticate')).toBe('Bearer')
          expect(forged).toFail(401, 'auth.token_invalid')
        })

        it('users who are locked, or whose department or roles are', async () => {
          expect(await send(endpoint, outsiders.locked)).toFail(403, 'auth.user_locked')
          expect(await send(endpoint, outsiders.dept_locked)).toFail(403, 'auth.dept_locked')
          expect(await send(endpoint, outsiders.dept_deleted)).toFail(403, 'auth.dept_deleted')
          expect(await send(endpoint, outsiders.roles_locked)).toFail(403, 'auth.roles_locked')
        })
      })

    if (level === 'superuser')
      it('refuses staff, and super users who are no staff', async () => {
        expect(await send(endpoint, outsiders.other_code)).toFail(403, 'auth.permission_denied')
        expect(await send(endpoint, outsiders.not_staff_admin)).toFail(403, 'auth.permission_denied')
      })

    if (level === 'rbac') {
      it('refuses staff without its code, without menus, without roles, and its code without staff', async () => {
        expect(await send(endpoint, outsiders.other_code)).toFail(403, 'auth.permission_denied')
        expect(await send(endpoint, outsiders.no_menu)).toFail(403, 'auth.no_menu')
        expect(await send(endpoint, outsiders.no_role)).toFail(403, 'auth.roles_locked')
        expect(await send(endpoint, outsiders.not_staff)).toFail(403, 'auth.not_staff')
      })

      it('lets every super user through', async () => {
        const { turn } = await ready()

        expect(await send(endpoint, outsiders.not_staff_admin, turn)).toSucceed()
      })
    }

    for (const error of endpoint.errors.filter(({ id }) => !OF_THE_LEVEL.has(id)))
      it(`can answer ${error.id} (${error.message})`, async () => {
        const provocation = scenario.errors?.[error.id]
        if (!provocation) throw new Error(`say how ${nameOf(endpoint)} comes to answer ${error.id}`)
        if ('elsewhere' in provocation)
          return expect(readFileSync(provocation.elsewhere, 'utf8')).toContain(provocation.key)
        const caller = await callerOf(endpoint)

        const answer = await send(endpoint, caller, await provocation.prepare(caller))
        provocation.repair?.()

        const { httpStatus, message } = error
        const { status, code = status } = provocation.answers ?? { status: httpStatus, code: error.code }
        expect({ status: answer.status, code: answer.code, msg: answer.msg, data: answer.data }).toEqual({
          status,
          code,
          msg: expect.stringMatching(wordsOf(message)),
          data: null,
        })
        expect(answer.body.trace_id).toBe(answer.headers.get('x-request-id'))
      })
  },
)

/** Why an answer is not the refusal it should be; empty where it is. */
function refusal(answer: Answer, breach: Breach, loc: (string | number)[]): string {
  const errors: { type: string; loc: unknown }[] = answer.data?.errors ?? []
  const isRight = errors.some(
    (one) => breach.types.includes(one.type) && JSON.stringify(one.loc) === JSON.stringify(loc),
  )
  if (answer.status === 422 && answer.code === 422 && isRight && answer.msg.startsWith('请求参数非法'))
    return ''
  return `${breach.what} at ${loc.join('.')}: ${answer.status} ${JSON.stringify(answer.body)}`
}

/** Whether a list has nothing in it, so that its rows were not looked at. */
function isEmpty(endpoint: Endpoint, data: unknown): boolean {
  const items: unknown = endpoint.request.query['page'] ? (data as { items: unknown }).items : data
  return Array.isArray(items) && items.length === 0
}

/** A new text that fills the column. */
function longestOf(field: Field | undefined, value: unknown): unknown {
  if (!field?.dbMaxLength || field.format || field.pattern) return value
  return unique('long').slice(0, field.dbMaxLength).padEnd(field.dbMaxLength, 'x')
}

/** The contract's text, with letters for what varies. */
function wordsOf(message: string): RegExp {
  const literal = message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replace(/\bN\b/g, '\\d+').replace(/\b(EXT|NAME)\b/g, '\\S+')}$`)
}
