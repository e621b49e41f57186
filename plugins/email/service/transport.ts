import { readFile } from 'node:fs/promises'
import { createTransport, type SMTPPoolOptions } from 'nodemailer'
import { liveSettings } from '#core'
import { config, settings, type Config } from '../config'

type Mailer = ReturnType<typeof pool>

/** A pool of connections, made of settings that may be outdated by now. */
interface Transport {
  /** The settings it was made of. */
  madeOf: string
  mailer: Mailer
  /** Mails that are just being handed over. */
  busy: number
}

let current: Transport | null = null

/** The settings of this plugin as they are at this moment. */
export const liveConfig = (): Promise<Config> => liveSettings(settings.settings, config)

/** Lends the connections that fit the settings of this moment; those of settings before are closed after their last mail. */
export async function withMailer<T>(work: (mailer: Mailer, now: Config) => Promise<T>): Promise<T> {
  const now = await liveConfig()
  const options = await optionsOf(now)
  const transport = take(options)
  transport.busy += 1
  try {
    return await work(transport.mailer, now)
  } finally {
    transport.busy -= 1
    if (transport !== current && transport.busy === 0) transport.mailer.close()
  }
}

/** Closes the connections; those in use after their last mail. */
export function closeTransport(): void {
  const before = current
  current = null
  if (before?.busy === 0) before.mailer.close()
}

function take(options: SMTPPoolOptions): Transport {
  const madeOf = JSON.stringify(options)
  if (current?.madeOf === madeOf) return current
  closeTransport()
  current = { madeOf, mailer: pool(options), busy: 0 }
  return current
}

const pool = (options: SMTPPoolOptions) => createTransport({ ...options, pool: true })

async function optionsOf(now: Config): Promise<SMTPPoolOptions> {
  const silence = now.EMAIL_TIMEOUT_SECONDS * 1000
  return {
    host: now.EMAIL_HOST,
    port: now.EMAIL_PORT,
    secure: now.EMAIL_SSL,
    ignoreTLS: now.EMAIL_STARTTLS === 'off',
    requireTLS: mustBeTls(now),
    tls: now.EMAIL_TLS_CA ? { ca: await readFile(now.EMAIL_TLS_CA, 'utf8') } : undefined,
    auth: hasLogin(now) ? { user: now.EMAIL_USERNAME, pass: now.EMAIL_PASSWORD } : undefined,
    dkim: dkimOf(now),
    maxConnections: now.EMAIL_POOL_SIZE,
    // A connection that ends in the middle of a mail: our own retries decide, which are counted and seen.
    maxRequeues: 0,
    connectionTimeout: silence,
    greetingTimeout: silence,
    socketTimeout: silence,
    dnsTimeout: silence,
    // What a mail carries is in the mail, never a file of this machine or an answer of another.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

const hasLogin = (now: Config) => now.EMAIL_USERNAME !== '' && now.EMAIL_PASSWORD !== ''

const isThisMachine = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

const mustBeTls = (now: Config) =>
  now.EMAIL_STARTTLS === 'required' ||
  (now.EMAIL_STARTTLS === 'auto' && hasLogin(now) && !isThisMachine(now.EMAIL_HOST))

function dkimOf(now: Config): SMTPPoolOptions['dkim'] {
  const { EMAIL_DKIM_DOMAIN: domainName, EMAIL_DKIM_SELECTOR: keySelector, EMAIL_DKIM_KEY: key } = now
  if (!domainName || !keySelector || !key) return undefined
  return { domainName, keySelector, privateKey: key.replaceAll('\\n', '\n') }
}
