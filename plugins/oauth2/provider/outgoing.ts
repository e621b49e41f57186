import { isIP } from 'node:net'
import Wreck from '@hapi/wreck'
import { AppError, onlyOnInternet } from '#core'
import type { Live } from '../config'

/** No honest answer of a provider is larger. */
const MAX_BYTES = 1_000_000

/** How a provider may be asked: bounded in time and size, following nothing, and only out on the internet. */
export function outgoing(address: string, live: Live) {
  const { protocol, hostname } = new URL(address)
  const limits = { timeout: live.OAUTH2_TIMEOUT * 1000, maxBytes: MAX_BYTES, redirects: false as const }
  if (live.OAUTH2_ALLOW_PRIVATE_HOSTS) return limits
  if (protocol !== 'https:') throw failed(new Error(`${address} is not https`))
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) throw failed(new Error(`${address} names no host`))
  return { ...limits, lookup: onlyOnInternet }
}

/** Reads JSON from a provider. @throws 502 `oauth2.provider_failed` */
export async function ask(address: string, live: Live, token?: string): Promise<unknown> {
  const headers = {
    accept: 'application/json',
    'user-agent': 'Steward', // GitHub refuses whoever does not say
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const options = outgoing(address, live)
  try {
    const { payload } = await Wreck.get<unknown>(address, { ...options, headers, json: 'force' })
    return payload
  } catch (error) {
    throw failed(error)
  }
}

/** @param cause goes into the log; what it carries beside its words (requests, secrets) does not */
export function failed(cause: unknown): AppError {
  const words = cause instanceof Error ? cause.message : String(cause)
  return new AppError('oauth2.provider_failed', { status: 502, cause: new Error(words) })
}
