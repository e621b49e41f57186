import { z } from 'zod'
import { choice, flag, group, integer, optional, secret, text, type Setting } from '../setting'

const POOL_NOTE = 'MySQL and PostgreSQL only.'

/** `true`, `false` or `debug`, as the contract has it. */
const echo: Setting<boolean | 'debug'> = {
  ...flag({
    default: false,
    description:
      'Log every SQL statement at the level INFO, with the values that stand in it; `debug` also logs the bound values. Passwords are stored as hashes, but other secrets may be among them.',
  }),
  schema: z.string().transform((value, context) => {
    const word = value.trim().toLowerCase()
    if (word === 'debug') return 'debug' as const
    if (['true', '1', 'yes', 'on'].includes(word)) return true
    if (['false', '0', 'no', 'off'].includes(word)) return false
    context.addIssue('must be true, false or debug')
    return z.NEVER
  }),
  type: 'true, false or `debug`',
}

export const database = group('Database', {
  DATABASE_TYPE: choice(['sqlite', 'mysql', 'postgresql'], {
    default: 'sqlite',
    aliases: { mariadb: 'mysql', postgres: 'postgresql' },
    description:
      'Engine. `sqlite` needs nothing else; `mysql` also stands for MariaDB (`mariadb` is understood).',
  }),
  DATABASE_FILE: text({
    default: '',
    defaultText: '`DATA_DIR`/steward.db',
    example: './data/steward.db',
    description: 'The file of the embedded database. SQLite only.',
  }),
  DATABASE_HOST: text({
    default: '',
    defaultText: 'none; needed for `mysql` and `postgresql`',
    example: '127.0.0.1',
    description: 'Database server, or the folder or file of its unix socket when it starts with a slash.',
  }),
  DATABASE_PORT: integer({
    default: 0,
    defaultText: '3306 or 5432, by engine',
    example: '5432',
    max: 65535,
    description: 'Port of the database server.',
  }),
  DATABASE_USER: text({
    default: '',
    defaultText: 'none; needed for `mysql` and `postgresql`',
    example: 'steward',
    description: 'Account on the database server.',
  }),
  DATABASE_PASSWORD: secret(
    text({
      default: '',
      defaultText: 'none; needed for `mysql` and `postgresql`',
      example: 'a-long-password',
      description: 'Password of that account. May be empty, but must be given.',
    }),
  ),
  DATABASE_SCHEMA: text({
    default: 'fba',
    check: {
      test: (value) => /^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(value),
      message: 'must be a plain name: letters, digits, underscores',
    },
    description: 'Name of the database on the server.',
  }),
  DATABASE_CHARSET: text({
    default: 'utf8mb4',
    check: {
      test: (value) => /^utf8mb4/.test(value),
      message: 'must be utf8mb4: other character sets lose text',
    },
    description: 'Character set. MySQL only.',
  }),
  DATABASE_ECHO: echo,
  DATABASE_POOL_SIZE: integer({
    default: 10,
    min: 1,
    max: 1000,
    description: `Connections that are kept. ${POOL_NOTE}`,
  }),
  DATABASE_POOL_OVERFLOW: integer({
    default: 20,
    max: 1000,
    description: `Further connections at a peak. ${POOL_NOTE}`,
  }),
  DATABASE_POOL_TIMEOUT: integer({
    default: 30,
    min: 1,
    description: 'Seconds to wait for a free connection.',
  }),
  DATABASE_POOL_RECYCLE: integer({
    default: 3600,
    min: 1,
    description: `Seconds after which a connection is renewed. ${POOL_NOTE}`,
  }),
  DATABASE_STATEMENT_TIMEOUT: integer({
    default: 20,
    min: 1,
    max: 86_400,
    description: `Seconds without an answer after which a statement is given up and its request answered with 503: the server may be frozen. Migrations and \`steward sql\` have no such limit. ${POOL_NOTE}`,
  }),
  DATABASE_MIGRATE_ON_START: flag({
    default: true,
    description:
      'Apply pending migrations when the server starts. Switched off, a start with pending migrations stops with a message.',
  }),
})

export const snowflake = group('Ids', {
  SNOWFLAKE_DATACENTER_ID: nodePart(
    'First half of a fixed node number. Set both halves or none; without them the number is leased through Redis.',
  ),
  SNOWFLAKE_WORKER_ID: nodePart(
    'Second half of a fixed node number. Two processes must never share a number.',
  ),
  SNOWFLAKE_REDIS_PREFIX: text({
    default: 'fba:snowflake',
    description: 'Redis keys of leased node numbers.',
  }),
  SNOWFLAKE_HEARTBEAT_INTERVAL_SECONDS: integer({
    default: 30,
    min: 1,
    description: 'How often a lease is renewed.',
  }),
  SNOWFLAKE_NODE_TTL_SECONDS: integer({
    default: 60,
    min: 3,
    description: 'How long a lease lasts without renewal.',
  }),
})

function nodePart(description: string): Setting<number | null> {
  return optional(integer({ default: 0, max: 31, example: '1', description }))
}
