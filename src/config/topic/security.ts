import { z } from 'zod'
import { choice, flag, group, integer, json, optional, secret, text, texts } from '../setting'

const DAY = 86400

export const token = group('Tokens and cookies', {
  TOKEN_SECRET_KEY: optional(
    secret(
      text({
        default: '',
        example: 'at-least-32-random-characters-here',
        description:
          'Key that signs tokens. Without it one is made on the first start and kept in `DATA_DIR`; processes that do not share that folder must be given the same key. In production at least 32 characters, and none that was ever published.',
      }),
    ),
  ),
  DATA_ENCRYPTION_KEYS: optional(
    secret(
      json('a list of id:key, each key 32 bytes in base64', z.array(z.string().refine(isDataKey)).min(1), {
        default: [],
        example: '["a1:kTcPDFmrVdFCeUKGiZAmBgxJ5CLNcvEYHZFZKmZ3lzM="]',
        description:
          'Keys that encrypt stored secrets; the first encrypts, all decrypt. Without it one is made on the first start and kept in `DATA_DIR`; processes that do not share that folder must be given the same keys.',
      }),
    ),
  ),
  TOKEN_ALGORITHM: choice(['HS256', 'HS384', 'HS512'], {
    default: 'HS256',
    description: 'Signature of tokens.',
  }),
  TOKEN_EXPIRE_SECONDS: integer({ default: DAY, min: 1, description: 'Life of an access token.' }),
  TOKEN_REFRESH_EXPIRE_SECONDS: integer({
    default: 7 * DAY,
    min: 1,
    description: 'Life of a refresh token.',
  }),
  TOKEN_REFRESH_GRACE_SECONDS: integer({
    default: 10,
    max: 60,
    description:
      'For so long after a refresh the refresh token it replaced gets the same answer again, because tabs of one browser refresh at the same moment. Later, or at once with 0, a used token ends its session.',
  }),
  TOKEN_REDIS_PREFIX: text({ default: 'fba:token', description: 'Redis keys of sessions.' }),
  TOKEN_EXTRA_INFO_REDIS_PREFIX: text({
    default: 'fba:token_extra_info',
    description: 'Redis keys of what the session list shows.',
  }),
  TOKEN_ONLINE_REDIS_PREFIX: text({
    default: 'fba:token_online',
    description: 'Redis keys of sessions with an open socket.',
  }),
  TOKEN_REFRESH_REDIS_PREFIX: text({
    default: 'fba:refresh_token',
    description: 'Redis keys of refresh tokens.',
  }),
  COOKIE_REFRESH_TOKEN_KEY: text({
    default: 'fba_refresh_token',
    check: {
      test: (value) => /^[A-Za-z0-9_-]+$/.test(value),
      message: 'must consist of letters, digits, _ and -',
    },
    description: 'Name of the refresh cookie.',
  }),
  COOKIE_REFRESH_TOKEN_EXPIRE_SECONDS: integer({
    default: 7 * DAY,
    min: 1,
    description: 'Life of the refresh cookie.',
  }),
  COOKIE_SECURE: choice(['auto', 'true', 'false'], {
    default: 'auto',
    description: 'Send cookies over https only. `auto`: yes for requests that came over https.',
  }),
})

export const login = group('Log-in and passwords', {
  LOGIN_CAPTCHA_ENABLED: flag({ default: true, description: 'Ask for a captcha at log-in.' }),
  LOGIN_CAPTCHA_REDIS_PREFIX: text({ default: 'fba:login:captcha', description: 'Redis keys of captchas.' }),
  LOGIN_CAPTCHA_EXPIRE_SECONDS: integer({ default: 300, min: 1, description: 'Life of a captcha.' }),
  LOGIN_FAILURE_PREFIX: text({
    default: 'fba:login:failure',
    description: 'Redis keys that count failed log-ins.',
  }),
  LOGIN_RATE_LIMIT: integer({
    default: 5,
    description: 'Log-ins one address may try within `LOGIN_RATE_SECONDS`; 0 is no limit.',
  }),
  LOGIN_RATE_SECONDS: integer({ default: 60, min: 1, description: 'Window of that limit.' }),
  CAPTCHA_RATE_LIMIT: integer({
    default: 5,
    description: 'Captchas one address may fetch within `CAPTCHA_RATE_SECONDS`; 0 is no limit.',
  }),
  CAPTCHA_RATE_SECONDS: integer({ default: 30, min: 1, description: 'Window of that limit.' }),
  USER_LOCK_REDIS_PREFIX: text({ default: 'fba:user:lock', description: 'Redis keys of locked accounts.' }),
  USER_LOCK_THRESHOLD: integer({
    default: 5,
    description: 'Failed log-ins before an account is locked; 0 never locks.',
  }),
  USER_LOCK_SECONDS: integer({ default: 300, min: 1, description: 'How long an account stays locked.' }),
  USER_PASSWORD_EXPIRY_DAYS: integer({
    default: 365,
    description: 'Days until a password must be changed; 0 is never.',
  }),
  USER_PASSWORD_REMINDER_DAYS: integer({
    default: 7,
    description: 'Days before that when the user is reminded; 0 is not at all.',
  }),
  USER_PASSWORD_HISTORY_CHECK_COUNT: integer({
    default: 3,
    max: 100,
    description: 'Earlier passwords that may not be used again.',
  }),
  USER_PASSWORD_MIN_LENGTH: integer({
    default: 6,
    min: 1,
    max: 72,
    description: 'Shortest password, in characters.',
  }),
  USER_PASSWORD_MAX_LENGTH: integer({
    default: 32,
    min: 1,
    max: 72,
    description: 'Longest password, in characters.',
  }),
  USER_PASSWORD_REQUIRE_SPECIAL_CHAR: flag({
    default: false,
    description: 'A password needs a special character.',
  }),
  CONFIRMATION_SECONDS: integer({
    default: 300,
    min: 1,
    max: 3600,
    description:
      'For so long a user who has just shown password or second factor once more may do what asks for that.',
  }),
  MFA_ISSUER: text({
    default: 'Steward',
    description: 'Name that authenticator apps show beside the account.',
  }),
})

const VARIABLE = 'Offered when data rules are edited.'

export const rights = group('Rights and row rules', {
  RBAC_ROLE_MENU_MODE: flag({
    default: true,
    description: 'true: permission codes of the menus decide. false: casbin path rules decide.',
  }),
  RBAC_ROLE_MENU_EXCLUDE: texts({
    default: [],
    example: '["sys:user:add"]',
    description: 'Permission codes that are not checked.',
  }),
  DATA_PERMISSION_MODELS: texts({
    default: ['Dept'],
    description: 'Models of the core whose rows are filtered by data rules.',
  }),
  DATA_PERMISSION_UNMATCHED: choice(['none', 'all'], {
    default: 'none',
    description:
      'Which rows of such a model a user sees who has data rules, none of which speaks of that model.',
  }),
  DATA_PERMISSION_MODEL_EXCLUDE: texts({
    default: [
      'DataScope',
      'DataRule',
      'CasbinRule',
      'TaskOutbox',
      'TaskQueue',
      'TaskSeeded',
      'TaskTick',
      'PluginRow',
      'task_term',
      'sys_role_data_scope',
      'sys_data_scope_rule',
    ],
    description: 'Models that data rules cannot name.',
  }),
  DATA_PERMISSION_COLUMN_EXCLUDE: texts({
    default: ['id', 'sort', 'del_flag', 'created_time', 'updated_time'],
    description: 'Columns that data rules cannot name.',
  }),
  DATA_PERMISSION_MODEL_TEMPLATE_VARIABLES: variables(
    [['__ALL__', '所有模型']],
    `Words that stand for models. ${VARIABLE}`,
  ),
  DATA_PERMISSION_COLUMN_TEMPLATE_VARIABLES: variables(
    [
      ['__dept_id__', '部门 ID'],
      ['__created_by__', '创建者'],
    ],
    `Words that stand for columns. ${VARIABLE}`,
  ),
  DATA_PERMISSION_TEMPLATE_VARIABLES: variables(
    [
      ['${user_id}', '当前登录用户 ID'],
      ['${dept_id}', '当前登录用户部门 ID'],
      ['${now}', '当前时间'],
    ],
    `Words that stand for values. ${VARIABLE}`,
  ),
})

function variables(pairs: [key: string, comment: string][], description: string) {
  const shape = z.array(z.object({ key: z.string(), comment: z.string() }))
  return json('a list of {key, comment}', shape, {
    default: pairs.map(([key, comment]) => ({ key, comment })),
    description,
  })
}

function isDataKey(text: string): boolean {
  const [, key] = /^[\w-]+:([A-Za-z0-9+/]+=*)$/.exec(text) ?? []
  return key !== undefined && Buffer.from(key, 'base64').length === 32
}
