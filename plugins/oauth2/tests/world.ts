import { baseUrl } from '#testing'
import { takeSettingsFrom } from '#core'
import { Browser } from './browser'
import { TestProvider } from './provider'

export const provider = new TestProvider()

let texts: Record<string, string> = {}
let giveBack: () => void = () => undefined

/** A provider on this machine and settings that lead to it, for the tests of a file. Call it after `useApp()`. */
export function useProvider(): void {
  beforeAll(async () => {
    await provider.start()
    giveBack = takeSettingsFrom(() => Promise.resolve(texts))
  })
  beforeEach(() => {
    provider.reset()
    set({})
  })
  afterAll(async () => {
    giveBack()
    await provider.stop()
  })
}

/** Changes settings until the end of the test. */
export function set(more: Record<string, string>): void {
  texts = { ...usual(), ...more }
}

const back = (path: string) => `${baseUrl()}/api/v1/oauth2/${path}/callback`

export const corp = () => ({
  source: 'corp',
  issuer: provider.url,
  client_id: TestProvider.CLIENT_ID,
  client_secret: TestProvider.CLIENT_SECRET,
  redirect_uri: back('oidc/corp'),
})

function usual(): Record<string, string> {
  const { url } = provider
  const at = { authorize: `${url}/authorize`, token: `${url}/token`, user_info: `${url}/user` }
  const client = (name: string, path: string) => ({
    [`OAUTH2_${name}_CLIENT_ID`]: TestProvider.CLIENT_ID,
    [`OAUTH2_${name}_CLIENT_SECRET`]: TestProvider.CLIENT_SECRET,
    [`OAUTH2_${name}_REDIRECT_URI`]: back(path),
  })
  return {
    ...client('GITHUB', 'github'),
    ...client('GOOGLE', 'google'),
    ...client('LINUX_DO', 'linux-do'),
    OAUTH2_ENDPOINTS: JSON.stringify({ Github: { ...at, emails: `${url}/emails` }, Google: at, LinuxDo: at }),
    OAUTH2_OIDC_ISSUERS: JSON.stringify([corp()]),
    OAUTH2_FRONTEND_LOGIN_REDIRECT_URI: 'http://front.example.com/oauth2/callback',
    OAUTH2_FRONTEND_BINDING_REDIRECT_URI: 'http://front.example.com/profile',
  }
}

/** The whole dance of a sign-in. @param path of the provider below `/oauth2/` @returns where the browser ends */
export async function signInAt(path: string, browser = new Browser()): Promise<URL> {
  const { data } = await browser.api(`/oauth2/${path}`)
  return browser.goTo(data)
}

/** The same, up to the address at which the provider sends the browser back. */
export async function returnFrom(path: string, browser: Browser): Promise<string> {
  const { data } = await browser.api(`/oauth2/${path}`)
  const { headers } = await fetch(data, { redirect: 'manual' })
  return headers.get('location') ?? ''
}

/** The whole dance of a binding. */
export async function bindAt(source: string, token: string, browser = new Browser()): Promise<URL> {
  const { data } = await browser.api(`/oauth2/me/binding?source=${source}`, { token })
  return browser.goTo(data)
}

export const tokenIn = (page: URL) => page.searchParams.get('access_token') ?? ''
export const errorIn = (page: URL) => page.searchParams.get('error')
