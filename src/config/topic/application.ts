import { isZone } from '../../utils/zone'
import { choice, flag, group, integer, optional, secret, someOf, text } from '../setting'
import { z } from 'zod'

export const API_PATH = '/api/v1'

const ROLES = ['web', 'worker', 'scheduler'] as const
export type Role = (typeof ROLES)[number]

const httpUrl = {
  test: (value: string) =>
    URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && !value.endsWith('/'),
  message: 'must be an http or https address without a slash at the end',
}

const startsWithSlash = {
  test: (value: string) => /^\/\S*[^/\s]$/.test(value),
  message: 'must be a path that starts with a slash and does not end with one',
}

export const application = group('Application', {
  ENVIRONMENT: choice(['dev', 'prod'], {
    default: 'dev',
    description:
      'Mode. `prod` hides error details and the API page, writes JSON logs, and refuses well-known secrets; `dev` allows plugins to be installed over HTTP.',
  }),
  DATA_DIR: text({
    default: './data',
    description:
      'Folder for everything Steward keeps itself: keys, embedded database, private Redis, uploads, logs.',
  }),
  HOST: text({
    default: '127.0.0.1',
    description: 'Address to listen on. `0.0.0.0` listens on every interface.',
  }),
  PORT: integer({
    default: 8000,
    max: 65535,
    description: 'Port to listen on. 0 lets the system choose a free one.',
  }),
  PUBLIC_URL: optional(
    text({
      default: '',
      example: 'https://admin.example.com',
      check: httpUrl,
      description:
        'Address under which users reach Steward, where it differs from `HOST` and `PORT`. Used in printed addresses and mails.',
    }),
  ),
  ROLES: someOf(ROLES, {
    default: [...ROLES],
    example: 'web,worker',
    description: 'What this process does.',
  }),
  SHUTDOWN_TIMEOUT_SECONDS: integer({
    default: 30,
    min: 1,
    max: 3600,
    description: 'How long running requests and jobs may take to finish after SIGTERM.',
  }),
  ADMIN_USERNAME: text({
    default: 'admin',
    check: { test: (value) => value.length <= 64, message: 'must have at most 64 characters' },
    description: 'Name of the first super user, made on the first start.',
  }),
  ADMIN_PASSWORD: optional(
    secret(
      text({
        default: '',
        example: 'a-long-passphrase-7',
        description: 'Password of the first super user. Without it one is generated and printed once.',
      }),
    ),
  ),
  ADMIN_EMAIL: optional(
    text({
      default: '',
      example: 'admin@example.com',
      check: { test: (value) => z.email().safeParse(value).success, message: 'must be a mail address' },
      description: 'Mail address of the first super user.',
    }),
  ),
  FASTAPI_API_V1_PATH: text({
    default: API_PATH,
    check: startsWithSlash,
    description: 'Path before every endpoint.',
  }),
  FASTAPI_TITLE: text({ default: 'Steward', description: 'Title of the API document.' }),
  FASTAPI_DESCRIPTION: text({
    default: 'Admin platform framework',
    description: 'Text of the API document.',
  }),
  FASTAPI_DOCS_URL: text({ default: '/docs', check: startsWithSlash, description: 'Path of the API page.' }),
  FASTAPI_REDOC_URL: text({
    default: '/redoc',
    check: startsWithSlash,
    description: 'Second path of the API page.',
  }),
  FASTAPI_OPENAPI_URL: optional(
    text({
      default: '/openapi',
      check: startsWithSlash,
      description: 'Path of the OpenAPI document. Empty switches the document and the API page off.',
    }),
    { default: '/openapi', prodDefault: null },
  ),
  FASTAPI_STATIC_FILES: flag({
    default: true,
    prodDefault: false,
    description:
      'Serve the folder `static` at `/static`. Uploads at `/static/upload` and the console are always served.',
  }),
  I18N_DEFAULT_LANGUAGE: text({
    default: 'zh-CN',
    description: 'Language of messages when the caller asks for none, or for one that is not there.',
  }),
  DATETIME_TIMEZONE: text({
    default: 'Asia/Shanghai',
    check: { test: isZone, message: 'must be a time zone of the IANA list' },
    description: 'Time zone of every time on the wire and of schedules.',
  }),
})
