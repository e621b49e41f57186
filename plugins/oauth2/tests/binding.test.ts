import { buildUser, Client, baseUrl, signIn, signInAdmin, stranger, tokenOf, unique, useApp } from '#testing'
import { Browser } from './browser'
import { bindAt, errorIn, provider, set, signInAt, tokenIn, useProvider } from './world'

useApp({ plugins: ['oauth2'] })
useProvider()

async function somebody() {
  const user = await buildUser()
  const token = await tokenOf(user)
  return { user, token, client: new Client(baseUrl(), token) }
}

const BINDINGS = '/oauth2/me/bindings'

it('binds accounts of several services, by which the user then signs in', async () => {
  const { user, token, client } = await somebody()

  const pages = [await bindAt('Github', token), await bindAt('corp', token)]

  expect(pages.map(String)).toEqual(Array(2).fill('http://front.example.com/profile'))
  expect((await client.get(BINDINGS)).data).toEqual(['Github', 'corp'])
  for (const path of ['github', 'oidc/corp']) {
    const page = await signInAt(path)
    const me = await new Client(baseUrl(), tokenIn(page)).get('/sys/users/me')
    expect(me.data.id).toBe(user.id)
  }
})

it('does not sign in: the browser returns without tokens', async () => {
  const { token } = await somebody()
  const browser = new Browser()

  await bindAt('Google', token, browser)

  expect([...browser.cookies.keys()]).toEqual(['steward_oauth2'])
})

it('unbinds, once', async () => {
  const { token, client } = await somebody()
  await bindAt('Github', token)

  expect(await client.delete('/oauth2/me/unbinding?source=Github')).toSucceed()
  expect((await client.get(BINDINGS)).data).toEqual([])
  expect(await client.delete('/oauth2/me/unbinding?source=Github')).toMatchObject({ status: 404, code: 404 })
})

it('leaves the bindings of others alone', async () => {
  const one = await somebody()
  const other = await somebody()
  await bindAt('Github', one.token)

  expect((await other.client.delete('/oauth2/me/unbinding?source=Github')).status).toBe(404)
  expect((await one.client.get(BINDINGS)).data).toEqual(['Github'])
})

it('refuses a second account of the same service', async () => {
  const { token } = await somebody()
  await bindAt('Github', token)
  provider.reset()

  const page = await bindAt('Github', token)

  expect(page.pathname).toBe('/profile')
  expect(errorIn(page)).toBe('oauth2.already_bound')
})

it('refuses an account that another user has bound', async () => {
  const one = await somebody()
  const other = await somebody()
  await bindAt('Github', one.token)

  const page = await bindAt('Github', other.token)

  expect(page.pathname).toBe('/profile')
  expect(errorIn(page)).toBe('oauth2.account_taken')
})

it('tells accounts apart whose ids differ in letter case only', async () => {
  const one = await somebody()
  const other = await somebody()
  provider.reset({ id: 'AbC' })
  await bindAt('Google', one.token)
  provider.reset({ id: 'aBc' })

  expect(errorIn(await bindAt('Google', other.token))).toBeNull()
})

it('returns to the profile when the provider fails', async () => {
  const { token } = await somebody()
  provider.instead.set('/token', (response) => response.writeHead(500).end())

  const page = await bindAt('Github', token)

  expect(page.pathname).toBe('/profile')
  expect(errorIn(page)).toBe('oauth2.provider_failed')
})

it('cannot be ended in another browser', async () => {
  const { token, client } = await somebody()
  const { data } = await new Browser().api('/oauth2/me/binding?source=Github', { token })

  expect(errorIn(await new Browser().goTo(data))).toBe('oauth2.state_invalid')
  expect((await client.get(BINDINGS)).data).toEqual([])
})

it('is refused for a user who was disabled meanwhile', async () => {
  const { user, token } = await somebody()
  const admin = await signInAdmin()
  const browser = new Browser()
  const { data } = await browser.api('/oauth2/me/binding?source=Github', { token })
  expect(await admin.put(`/sys/users/${user.id}/permissions?type=status`)).toSucceed()

  expect(errorIn(await browser.goTo(data))).toBe('login.user_disabled')
})

it('goes with the user', async () => {
  const { user, token } = await somebody()
  await bindAt('Github', token)
  const admin = await signInAdmin()
  expect(await admin.delete(`/sys/users/${user.id}`)).toSucceed()

  const heir = await somebody()
  expect(errorIn(await bindAt('Github', heir.token))).toBeNull()
})

it('wants a source that is there', async () => {
  const { client } = await somebody()

  expect((await client.get('/oauth2/me/binding?source=Facebook')).status).toBe(422)
  expect((await client.get('/oauth2/me/binding')).status).toBe(422)
  expect((await client.delete('/oauth2/me/unbinding')).status).toBe(422)
})

it('is for those who are signed in', async () => {
  expect((await stranger().get(BINDINGS)).status).toBe(401)
  expect((await stranger().get('/oauth2/me/binding?source=Github')).status).toBe(401)
  expect((await stranger().delete('/oauth2/me/unbinding?source=Github')).status).toBe(401)
})

it('also works where nobody may sign up', async () => {
  set({ OAUTH2_SIGN_UP: 'off' })
  const { user } = await signIn({ username: unique('user') })
  await bindAt('Github', await tokenOf(user))

  expect(errorIn(await signInAt('github'))).toBeNull()
})
