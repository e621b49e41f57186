import { readSettings, setting } from '#core'

const { choice, flag, integer, secret, text } = setting

/** An empty text in the console means "what the environment says", not "nothing". */
const filled = { test: (value: string) => value !== '', message: 'must not be empty' }

const one = (description: string, value = '') => text({ default: value, description, check: filled })

export const settings = setting.group('Mail', {
  EMAIL_HOST: one('Host name of the outgoing mail server.', 'smtp.qq.com'),
  EMAIL_PORT: integer({
    default: 465,
    min: 1,
    max: 65_535,
    description: 'Port of the outgoing mail server.',
  }),
  EMAIL_SSL: flag({
    default: true,
    description: 'Whether the connection is TLS from its first byte (port 465).',
  }),
  EMAIL_STARTTLS: choice(['auto', 'required', 'off'], {
    default: 'auto',
    description:
      'Whether a connection without EMAIL_SSL changes to TLS. `auto`: where the server offers it, and always before a password is sent to another machine.',
  }),
  EMAIL_TLS_CA: one(
    'File with the certificates of the authorities that are trusted instead of the usual ones.',
  ),
  EMAIL_USERNAME: one('Name at the mail server; without name or password nobody signs in there.'),
  EMAIL_PASSWORD: secret(one('Password at the mail server.')),
  EMAIL_FROM: one('Sender, e.g. `Steward <no-reply@example.com>`. Without it EMAIL_USERNAME.'),
  EMAIL_POOL_SIZE: integer({
    ...{ default: 3, min: 1, max: 50 },
    description: 'Connections that each process keeps to the mail server.',
  }),
  EMAIL_TIMEOUT_SECONDS: integer({
    ...{ default: 30, min: 1, max: 600 },
    description: 'How long the mail server may be silent.',
  }),
  EMAIL_DKIM_DOMAIN: one('Domain in whose name mails are signed; DKIM needs domain, selector and key.'),
  EMAIL_DKIM_SELECTOR: one(
    'Selector of the DKIM key: its public half is at `<selector>._domainkey.<domain>`.',
  ),
  EMAIL_DKIM_KEY: secret(one('Private DKIM key as PEM; `\\n` is read as a line break.')),
  EMAIL_RETENTION_DAYS: integer({
    ...{ default: 30, max: 3650 },
    description: 'Days that sent and failed mails stay in the outbox; 0 keeps them.',
  }),
  EMAIL_ATTACHMENT_MAX_COUNT: integer({
    ...{ default: 10, max: 100 },
    description: 'Attachments of one mail.',
  }),
  EMAIL_ATTACHMENT_MAX_BYTES: integer({
    ...{ default: 5_242_880, max: 33_554_432 },
    description: 'Bytes of all attachments of one mail together.',
  }),
  EMAIL_CAPTCHA_EXPIRE_SECONDS: integer({
    ...{ default: 180, min: 60, max: 86_400 },
    description: 'Seconds that a mailed code is good.',
  }),
  EMAIL_CAPTCHA_RATE_LIMIT: integer({
    ...{ default: 5, min: 1 },
    description:
      'Codes that one user may ask for, and that one address may get, in EMAIL_CAPTCHA_RATE_SECONDS.',
  }),
  EMAIL_CAPTCHA_RATE_SECONDS: integer({
    ...{ default: 60, min: 1 },
    description: 'The stretch of EMAIL_CAPTCHA_RATE_LIMIT in seconds.',
  }),
})

export const config = readSettings(settings.settings)
export type Config = typeof config
