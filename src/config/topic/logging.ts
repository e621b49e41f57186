import { choice, group, integer, text, texts } from '../setting'

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'OFF'] as const
export type LogLevel = (typeof LEVELS)[number]

const level = (standard: LogLevel, description: string) =>
  choice(LEVELS, {
    default: standard,
    aliases: { warn: 'WARNING', fatal: 'CRITICAL', success: 'INFO' },
    description,
  })

const fileName = { test: (value: string) => /^[\w.-]+$/.test(value), message: 'must be a plain file name' }

export const logging = group('Logs', {
  LOG_FORMAT: choice(['pretty', 'json'], {
    default: 'pretty',
    prodDefault: 'json',
    description: 'Lines for people or for machines on the console. Files are always JSON.',
  }),
  LOG_STD_LEVEL: level('INFO', 'Least level on the console.'),
  LOG_FILE_ACCESS_LEVEL: level('INFO', 'Least level in the access file.'),
  LOG_FILE_ERROR_LEVEL: level('ERROR', 'Least level in the error file.'),
  LOG_DIR: text({
    default: '',
    defaultText: '`DATA_DIR`/log',
    example: './data/log',
    description: 'Folder of the log files. They rotate at midnight and are kept for 7 days.',
  }),
  LOG_ACCESS_FILENAME: text({
    default: 'fba_access.log',
    check: fileName,
    description: 'Name of the access file.',
  }),
  LOG_ERROR_FILENAME: text({
    default: 'fba_error.log',
    check: fileName,
    description: 'Name of the error file.',
  }),
  TRACE_ID_LOG_LENGTH: integer({
    default: 32,
    min: 1,
    max: 32,
    description: 'Characters of the request id in pretty lines.',
  }),
  TRACE_ID_LOG_DEFAULT_VALUE: text({
    default: '-',
    description: 'Stands for the request id outside of requests.',
  }),
  OPERA_LOG_PATH_EXCLUDE: texts({
    default: [
      '/favicon.ico',
      '/docs',
      '/redoc',
      '/openapi',
      '/api/v1/auth/login/swagger',
      '/api/v1/oauth2/github/callback',
      '/api/v1/oauth2/google/callback',
    ],
    description: 'Paths that the operation log leaves out.',
  }),
  OPERA_LOG_REDACT_KEYS: texts({
    default: ['password', 'old_password', 'new_password', 'confirm_password'],
    description:
      'Keys whose values are masked in the operation log, at any depth, besides those that Steward always masks.',
  }),
  OPERA_LOG_QUEUE_MAXSIZE: integer({
    default: 100000,
    min: 1,
    description: 'Most log rows that wait in Redis to be stored.',
  }),
  OPERA_LOG_QUEUE_BATCH_CONSUME_SIZE: integer({
    default: 100,
    min: 1,
    max: 10000,
    description: 'Log rows stored at once.',
  }),
  OPERA_LOG_QUEUE_TIMEOUT: integer({
    default: 1,
    min: 1,
    description: 'Seconds after which a smaller batch is stored.',
  }),
  OPERA_LOG_RETENTION_DAYS: integer({
    default: 180,
    description: 'Days the operation log is kept; 0 is for ever.',
  }),
  LOGIN_LOG_RETENTION_DAYS: integer({
    default: 180,
    description: 'Days the log-in log is kept; 0 is for ever.',
  }),
})
