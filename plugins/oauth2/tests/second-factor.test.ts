import { newRecoveryCodes, reader } from '#core'
import { Client, baseUrl, buildUser, signInAdmin, tokenOf, useApp } from '#testing'
import { userCrud } from '../../../src/app/admin/crud/user'
import { Browser } from './browser'
import { bindAt, errorIn, set, signInAt, tokenIn, useProvider } from './world'

useApp({ plugins: ['oauth2'] })
useProvider()

/** A user with a second factor who has bound an account. */
async function somebody() {
  const { codes, hashes } = newRecoveryCodes()
  const user = await buildUser({ mfa_enabled: true })
  await userCrud.update(reader(), user.id, { mfa_recovery_codes: hashes })
  const token = await tokenOf(user)
  expect(errorIn(await bindAt('Github', token))).toBeNull()
  return { user, client: new Client(baseUrl(), token), codes: codes as [string, string, string] }
}

const ticketIn = (page: URL) => page.searchParams.get('mfa_ticket') ?? ''
const show = (browser: Browser, ticket: string, mfa_code: string) =>
  browser.api('/oauth2/mfa', { method: 'POST', body: { ticket, mfa_code } })

describe('a user with a second factor', () => {
  it('is let in with a code only, once for each', async () => {
    const { user, codes } = await somebody()
    const browser = new Browser()

    const page = await signInAt('github', browser)

    expect(page.pathname).toBe('/oauth2/callback')
    expect([errorIn(page), tokenIn(page)]).toEqual(['mfa.required', ''])
    expect(page.searchParams.get('error_description')).toContain('code')
    expect(browser.cookies.has('fba_refresh_token')).toBe(false)
    expect(await show(browser, ticketIn(page), 'wrong')).toMatchObject({ status: 403 })

    const { status, data } = await show(browser, ticketIn(page), codes[0])

    expect(status).toBe(200)
    const me = await new Client(baseUrl(), (data as { access_token: string }).access_token).get(
      '/sys/users/me',
    )
    expect(me.data.id).toBe(user.id)
    expect(browser.cookies.has('fba_refresh_token')).toBe(true)
    expect(await show(browser, ticketIn(page), codes[1])).toMatchObject({ status: 403 })

    const again = ticketIn(await signInAt('github', browser))
    expect(await show(browser, again, codes[0])).toMatchObject({ status: 403 })
    expect(await show(browser, again, codes[1])).toMatchObject({ status: 200 })
    const admin = await signInAdmin()
    const logs = (await admin.get(`/logs/login?username=${user.username}`)).data.items
    expect(logs.map((log: { status: number }) => log.status)).toEqual([1, 0, 1, 0])
  })

  it('cannot guess without end', async () => {
    const { codes } = await somebody()
    const browser = new Browser()
    const ticket = ticketIn(await signInAt('github', browser))

    const answers = []
    for (let n = 0; n < 6; n += 1) answers.push((await show(browser, ticket, 'wrong')).status)

    expect(answers).toEqual([403, 403, 403, 403, 403, 429])
    const next = ticketIn(await signInAt('github', browser))
    expect(await show(browser, next, codes[0])).toMatchObject({ status: 403 })
  })

  it('is the only one who can use the ticket: in the same browser, as long as the account is bound', async () => {
    const { client, codes } = await somebody()
    const browser = new Browser()
    const ticket = ticketIn(await signInAt('github', browser))

    expect(await show(new Browser(), ticket, codes[0])).toMatchObject({ status: 403 })
    expect(await show(browser, `${ticket}x`, codes[0])).toMatchObject({ status: 403 })
    expect(await client.delete('/oauth2/me/unbinding?source=Github')).toSucceed()
    expect(await show(browser, ticket, codes[0])).toMatchObject({ status: 403 })
    expect(browser.cookies.has('fba_refresh_token')).toBe(false)
  })

  it('is not asked where the service is trusted to have asked', async () => {
    await somebody()
    set({ OAUTH2_TRUST_SECOND_FACTOR: '["Google"]' })
    expect(errorIn(await signInAt('github'))).toBe('mfa.required')
    set({ OAUTH2_TRUST_SECOND_FACTOR: '["Github"]' })

    expect(tokenIn(await signInAt('github'))).not.toBe('')
  })
})
