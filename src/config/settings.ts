import { join } from 'node:path'
import { MAX_PASSWORD_BYTES, passwordFault, type PasswordFault } from '../common/password-rule'
import { parseSettings, type Problem, type Source } from './parse'
import type { Values } from './setting'
import { API_PATH, application } from './topic/application'
import { database, snowflake } from './topic/database'
import { logging } from './topic/logging'
import { redis } from './topic/redis'
import { login, rights, token } from './topic/security'
import { observability, plugin, web } from './topic/web'

/** Every setting of the core, in the order of the reference. */
export const groups = [
  application,
  database,
  redis,
  snowflake,
  token,
  login,
  rights,
  web,
  logging,
  plugin,
  observability,
]

export const settings = {
  ...application.settings,
  ...database.settings,
  ...redis.settings,
  ...snowflake.settings,
  ...token.settings,
  ...login.settings,
  ...rights.settings,
  ...web.settings,
  ...logging.settings,
  ...plugin.settings,
  ...observability.settings,
}

export type Env = Readonly<Values<typeof settings>>

/** Secrets that were published with this project's ancestor or that everybody tries first. */
const WELL_KNOWN = new Set(['1VkVF75nsNABBjK_7-qz7GtzNy3AMvktc9TCPwKczCk', settings.TOKEN_SECRET_KEY.example])
const SAMPLE_DATA_KEY = 'a1:kTcPDFmrVdFCeUKGiZAmBgxJ5CLNcvEYHZFZKmZ3lzM='
const GUESSED_FIRST = new Set(['123456', '12345678', '123456789', 'admin', 'admin123', 'password', 'steward'])

/** Reads the core's settings. Pure, except that it opens the files named by `NAME_FILE`. */
export function readEnv(source: Source): { env: Env | null; problems: Problem[] } {
  const { values, problems } = parseSettings(settings, source)
  const filled = fillIn(values)
  problems.push(
    ...checkTogether(filled, source).filter((found) => !problems.some((known) => known.name === found.name)),
  )
  return { env: problems.length > 0 ? null : Object.freeze(filled), problems }
}

const STANDARD_PORT = { sqlite: 0, mysql: 3306, postgresql: 5432 }

/** Defaults that depend on other settings. */
function fillIn(values: Values<typeof settings>): Values<typeof settings> {
  return {
    ...values,
    DATABASE_FILE: values.DATABASE_FILE || join(values.DATA_DIR, 'steward.db'),
    DATABASE_PORT: values.DATABASE_PORT || STANDARD_PORT[values.DATABASE_TYPE],
    LOG_DIR: values.LOG_DIR || join(values.DATA_DIR, 'log'),
    DEMO_MODE_EXCLUDE: excludedFromDemo(values),
    UPLOAD_DIR: values.UPLOAD_DIR || join(values.DATA_DIR, 'upload'),
  }
}

function excludedFromDemo({ DEMO_MODE_EXCLUDE: calls, FASTAPI_API_V1_PATH: base }: Values<typeof settings>) {
  if (calls !== settings.DEMO_MODE_EXCLUDE.default) return calls
  return calls.map(([method, path]): (typeof calls)[number] => [method, base + path.slice(API_PATH.length)])
}

/** Rules about several settings at once. */
function checkTogether(env: Env, source: Source): Problem[] {
  return [
    ...checkDatabase(env, source),
    ...checkIds(env, source),
    ...checkSecrets(env),
    ...checkAdmin(env),
    ...checkRest(env),
  ]
}

const problem = (name: keyof Env, words: string, example = settings[name].example): Problem => ({
  name,
  problem: words,
  example: `${name}=${example}`,
})

function checkDatabase(env: Env, source: Source): Problem[] {
  if (env.DATABASE_TYPE === 'sqlite') return []
  const needed = ['DATABASE_HOST', 'DATABASE_USER'] as const
  const missing = needed.filter((name) => env[name] === '')
  const found = missing.map((name) => problem(name, `is needed when DATABASE_TYPE is ${env.DATABASE_TYPE}`))
  const hasPassword = source.DATABASE_PASSWORD !== undefined || source.DATABASE_PASSWORD_FILE
  if (hasPassword) return found
  return [
    ...found,
    problem('DATABASE_PASSWORD', `is needed when DATABASE_TYPE is ${env.DATABASE_TYPE} (it may be empty)`),
  ]
}

function checkIds(env: Env, source: Source): Problem[] {
  const { SNOWFLAKE_DATACENTER_ID: center, SNOWFLAKE_WORKER_ID: worker } = env
  const found: Problem[] = []
  if ((center === null) !== (worker === null)) {
    const absent = center === null ? 'SNOWFLAKE_DATACENTER_ID' : 'SNOWFLAKE_WORKER_ID'
    found.push(problem(absent, 'is missing: set both halves of the node number, or none'))
  }
  if (env.SNOWFLAKE_HEARTBEAT_INTERVAL_SECONDS * 2 > env.SNOWFLAKE_NODE_TTL_SECONDS) {
    found.push(
      problem('SNOWFLAKE_NODE_TTL_SECONDS', 'must be at least twice SNOWFLAKE_HEARTBEAT_INTERVAL_SECONDS'),
    )
  }
  const mode = source.DATABASE_PK_MODE?.trim()
  if (mode && mode !== 'snowflake') {
    const words = `is not supported: ids are always Snowflake numbers, made by the application, so ${JSON.stringify(mode)} cannot be had. Remove it`
    found.push({ name: 'DATABASE_PK_MODE', problem: words, example: 'DATABASE_PK_MODE=snowflake' })
  }
  return found
}

function checkSecrets(env: Env): Problem[] {
  if (env.ENVIRONMENT !== 'prod') return []
  const found: Problem[] = []
  const key = env.TOKEN_SECRET_KEY
  const advice = 'remove it to have one made, or take the output of: openssl rand -base64 48'
  if (key !== null && WELL_KNOWN.has(key)) {
    found.push(problem('TOKEN_SECRET_KEY', `is a published sample, so anybody can sign in: ${advice}`))
  } else if (key !== null && key.length < 32) {
    found.push(problem('TOKEN_SECRET_KEY', `must have at least 32 characters in production: ${advice}`))
  }
  if (env.DATA_ENCRYPTION_KEYS?.includes(SAMPLE_DATA_KEY)) {
    found.push(
      problem('DATA_ENCRYPTION_KEYS', 'holds the published sample: anybody can read what it encrypts'),
    )
  }
  return found
}

/** The first super user obeys the rules that everybody else's password must obey. */
function checkAdmin(env: Env): Problem[] {
  const password = env.ADMIN_PASSWORD
  if (password === null) return []
  if (env.ENVIRONMENT === 'prod' && GUESSED_FIRST.has(password.toLowerCase())) {
    return [problem('ADMIN_PASSWORD', 'is one of the first that are guessed')]
  }
  const fault = passwordFault(password, {
    min_length: env.USER_PASSWORD_MIN_LENGTH,
    max_length: env.USER_PASSWORD_MAX_LENGTH,
    require_special: env.USER_PASSWORD_REQUIRE_SPECIAL_CHAR,
  })
  return fault ? [problem('ADMIN_PASSWORD', wordsOf(fault))] : []
}

/** Before there are languages to choose from. */
function wordsOf({ key, params }: PasswordFault): string {
  switch (key) {
    case 'password.too_short':
      return `must have at least ${params.min} characters`
    case 'password.too_long':
      return `must have at most ${params.max} characters like these (${MAX_PASSWORD_BYTES} bytes in all)`
    case 'password.needs_digit':
      return 'must contain a digit'
    case 'password.needs_letter':
      return 'must contain a letter'
    case 'password.needs_special':
      return 'must contain a special character'
  }
}

function checkRest(env: Env): Problem[] {
  const found: Problem[] = []
  if (env.REDIS_HOST !== null && env.REDIS_URL !== null) {
    found.push(problem('REDIS_URL', 'is given beside REDIS_HOST: keep one of them'))
  }
  if ((env.REDIS_TLS_CERT === null) !== (env.REDIS_TLS_KEY === null)) {
    const absent = env.REDIS_TLS_CERT === null ? 'REDIS_TLS_CERT' : 'REDIS_TLS_KEY'
    found.push(problem(absent, 'is missing: set the certificate and its key, or neither'))
  }
  if (env.USER_PASSWORD_MIN_LENGTH > env.USER_PASSWORD_MAX_LENGTH) {
    found.push(problem('USER_PASSWORD_MIN_LENGTH', 'must not be greater than USER_PASSWORD_MAX_LENGTH'))
  }
  if (env.CORS_ALLOWED_ORIGINS.includes('*')) {
    found.push(
      problem('CORS_ALLOWED_ORIGINS', 'must name the origins: browsers refuse * together with cookies'),
    )
  }
  return found
}
