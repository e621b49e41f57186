import { NO_CLIENT, type Live } from '../config'
import { GITHUB, readGithub } from './github'
import { GOOGLE, readGoogle } from './google'
import { LINUX_DO, readLinuxDo } from './linux-do'
import type { Granted, Provider, Registration } from './provider'

type Told = Pick<Provider, 'source' | 'client_id' | 'client_secret' | 'redirect_uri' | 'secret_in'>

/** Where they are not written as they are kept. */
const TITLES: Record<string, string> = { Github: 'GitHub' }

/** The services whose addresses are known beforehand. */
export function builtIn(live: Live): Registration[] {
  return [github(live), google(live), ...linuxDo(live)]
}

function github(live: Live): Registration {
  const at = { ...GITHUB, ...live.OAUTH2_ENDPOINTS['Github'] }
  const told: Told = {
    source: 'Github',
    client_id: live.OAUTH2_GITHUB_CLIENT_ID,
    client_secret: live.OAUTH2_GITHUB_CLIENT_SECRET,
    redirect_uri: live.OAUTH2_GITHUB_REDIRECT_URI,
    secret_in: 'body',
  }
  return registered('github', told, at, ({ access_token }) => readGithub(at, access_token, live))
}

function google(live: Live): Registration {
  const at = { ...GOOGLE, ...live.OAUTH2_ENDPOINTS['Google'] }
  const told: Told = {
    source: 'Google',
    client_id: live.OAUTH2_GOOGLE_CLIENT_ID,
    client_secret: live.OAUTH2_GOOGLE_CLIENT_SECRET,
    redirect_uri: live.OAUTH2_GOOGLE_REDIRECT_URI,
    secret_in: 'body',
  }
  return registered('google', told, at, ({ access_token }) => readGoogle(at, access_token, live))
}

function linuxDo(live: Live): Registration[] {
  if (live.OAUTH2_LINUX_DO_CLIENT_ID === null) return []
  const at = { ...LINUX_DO, ...live.OAUTH2_ENDPOINTS['LinuxDo'] }
  const told: Told = {
    source: 'LinuxDo',
    client_id: live.OAUTH2_LINUX_DO_CLIENT_ID,
    client_secret: live.OAUTH2_LINUX_DO_CLIENT_SECRET,
    redirect_uri: live.OAUTH2_LINUX_DO_REDIRECT_URI,
    secret_in: 'header',
  }
  return [registered('linux-do', told, at, ({ access_token }) => readLinuxDo(at, access_token, live))]
}

type At = Provider['endpoints'] & { scope: string }

function registered(
  path: string,
  told: Told,
  { scope, ...endpoints }: At,
  readProfile: (granted: Granted) => ReturnType<Provider['readProfile']>,
): Registration {
  const provider: Provider = { ...told, scope, issuer: null, endpoints, readProfile }
  return {
    source: told.source,
    title: TITLES[told.source] ?? told.source,
    is_configured: told.client_id !== NO_CLIENT,
    path,
    open: () => Promise.resolve(provider),
  }
}
