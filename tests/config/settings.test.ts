import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { env, readEnv, readSettings, SettingsError } from '../../src/config/env'
import { parseSettings } from '../../src/config/parse'
import { envExample, settingsReference } from '../../src/config/reference'
import { flag, group, integer, optional, secret, showValue, text } from '../../src/config/setting'
import { groups, settings } from '../../src/config/settings'
import { projectRoot } from '../../src/utils/project-root'

const SERVER = { DATABASE_HOST: 'db', DATABASE_USER: 'steward', DATABASE_PASSWORD: '' }
const KEY = 'k'.repeat(32)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function read(source: Record<string, string>) {
  const { env: values, problems } = readEnv(source)
  expect(problems).toEqual([])
  return values
}

const wrong = (source: Record<string, string>) => readEnv(source).problems.map(({ name }) => name)

describe('settings', () => {
  it('need nothing: an embedded database and a private Redis in development', () => {
    expect(read({})).toMatchObject({
      ENVIRONMENT: 'dev',
      DATABASE_TYPE: 'sqlite',
      DATABASE_FILE: 'data/steward.db',
      REDIS_HOST: null,
      TOKEN_SECRET_KEY: null,
      ROLES: ['web', 'worker', 'scheduler'],
      LOG_FORMAT: 'pretty',
      LOG_DIR: 'data/log',
      FASTAPI_OPENAPI_URL: '/openapi',
    })
  })

  it('have other defaults in production, which can be overridden', () => {
    const expected = {
      LOG_FORMAT: 'json',
      FASTAPI_OPENAPI_URL: null,
      FASTAPI_STATIC_FILES: false,
      GRAFANA_METRICS_ENABLE: true,
    }

    expect(read({ ENVIRONMENT: 'prod' })).toMatchObject(expected)
    expect(
      read({
        ENVIRONMENT: 'prod',
        LOG_FORMAT: 'pretty',
        FASTAPI_OPENAPI_URL: '/openapi',
        GRAFANA_METRICS_ENABLE: 'off',
      }),
    ).toMatchObject({
      LOG_FORMAT: 'pretty',
      FASTAPI_OPENAPI_URL: '/openapi',
      GRAFANA_METRICS_ENABLE: false,
    })
  })

  it('cannot be changed once read', () => {
    expect(Object.isFrozen(read({}))).toBe(true)
    expect(Object.isFrozen(env)).toBe(true)
  })

  it('have an example that is right, and a default that is right', () => {
    for (const [name, setting] of Object.entries(settings)) {
      expect([name, setting.schema.safeParse(setting.example).error?.message]).toEqual([name, undefined])
      const standard = showValue(setting.default, setting)
      if (setting.default === null || setting.default === '') continue
      expect([name, setting.schema.safeParse(standard).data]).toEqual([name, setting.default])
    }
  })

  it.each([
    ['0', '0'],
    ['31', '31'],
  ])('take the fixed node number %s and %s', (SNOWFLAKE_DATACENTER_ID, SNOWFLAKE_WORKER_ID) => {
    const halves = {
      SNOWFLAKE_DATACENTER_ID: Number(SNOWFLAKE_DATACENTER_ID),
      SNOWFLAKE_WORKER_ID: Number(SNOWFLAKE_WORKER_ID),
    }

    expect(read({ SNOWFLAKE_DATACENTER_ID, SNOWFLAKE_WORKER_ID })).toMatchObject(halves)
  })

  it('allow the usual calls in demo mode wherever the API lies, and others only when they are named', () => {
    const usual = read({ FASTAPI_API_V1_PATH: '/admin' })?.DEMO_MODE_EXCLUDE
    const own = read({ FASTAPI_API_V1_PATH: '/admin', DEMO_MODE_EXCLUDE: '[["POST","/api/v1/x"]]' })

    expect(usual).toContainEqual(['POST', '/admin/auth/login'])
    expect(own?.DEMO_MODE_EXCLUDE).toEqual([['POST', '/api/v1/x']])
  })

  it('are declared once', () => {
    const names = groups.flatMap((part) => Object.keys(part.settings))

    expect(names.sort()).toEqual(Object.keys(settings).sort())
  })

  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['No', false],
    ['off', false],
    ['', false],
  ])('read the switch %j as %s', (word, value) => {
    expect(read({ DEMO_MODE: word })?.DEMO_MODE).toBe(value)
  })

  it.each(['web,worker', '["web","worker"]', ' Web , WORKER ', 'web worker web'])(
    'read the roles %j',
    (roles) => {
      expect(read({ ROLES: roles })?.ROLES).toEqual(['web', 'worker'])
    },
  )

  it('know the port of each database, and MariaDB by its name', () => {
    expect(read({ ...SERVER, DATABASE_TYPE: 'mariadb' })).toMatchObject({
      DATABASE_TYPE: 'mysql',
      DATABASE_PORT: 3306,
    })
    expect(read({ ...SERVER, DATABASE_TYPE: 'PostgreSQL' })?.DATABASE_PORT).toBe(5432)
    expect(read({ ...SERVER, DATABASE_TYPE: 'mysql', DATABASE_PORT: '3307' })?.DATABASE_PORT).toBe(3307)
  })

  it.each([
    'redis://redis:6379/2',
    'rediss://user:secret@redis:6380',
    'redis+sentinel://one:26379,two:26379/mymaster',
    'redis+cluster://one:6379,two:6379',
  ])('accept the Redis address %s', (url) => {
    expect(read({ REDIS_URL: url })?.REDIS_URL).toBe(url)
  })
})

describe('wrong settings', () => {
  it('are reported all at once, each with its name, what is wrong, and an example', () => {
    const { env: values, problems } = readEnv({
      PORT: 'abc',
      DEMO_MODE: 'maybe',
      CORS_ALLOWED_ORIGINS: 'http://a',
      ENVIRONMENT: 'test',
    })

    expect(values).toBeNull()
    expect(problems).toEqual([
      { name: 'ENVIRONMENT', problem: 'must be one of dev, prod, but is "test"', example: 'ENVIRONMENT=dev' },
      { name: 'PORT', problem: 'must be a whole number from 0 to 65535, but is "abc"', example: 'PORT=8000' },
      {
        name: 'CORS_ALLOWED_ORIGINS',
        problem: 'must be a list of origins written as JSON, but is "http://a"',
        example: 'CORS_ALLOWED_ORIGINS=["http://127.0.0.1","http://localhost:5173"]',
      },
      {
        name: 'DEMO_MODE',
        problem: 'must be true or false (1, 0, yes, no, on and off are understood), but is "maybe"',
        example: 'DEMO_MODE=false',
      },
    ])
  })

  it.each([
    [{ DATABASE_TYPE: 'mysql' }, ['DATABASE_HOST', 'DATABASE_USER', 'DATABASE_PASSWORD']],
    [{ DATABASE_TYPE: 'oracle' }, ['DATABASE_TYPE']],
    [{ DATABASE_PK_MODE: 'autoincrement' }, ['DATABASE_PK_MODE']],
    [{ DATABASE_SCHEMA: 'fba; drop' }, ['DATABASE_SCHEMA']],
    [{ PORT: '65536' }, ['PORT']],
    [{ PORT: '8e3' }, ['PORT']],
    [{ PORT: '-1' }, ['PORT']],
    [{ ROLES: 'web,chef' }, ['ROLES']],
    [{ ROLES: '[]' }, ['ROLES']],
    [{ DATETIME_TIMEZONE: 'Mars/Olympus' }, ['DATETIME_TIMEZONE']],
    [{ REDIS_URL: 'http://redis' }, ['REDIS_URL']],
    [{ REDIS_URL: 'redis+sentinel://one:26379' }, ['REDIS_URL']],
    [{ REDIS_URL: 'redis://a', REDIS_HOST: 'b' }, ['REDIS_URL']],
    [{ REDIS_TLS_CERT: '/a.pem' }, ['REDIS_TLS_KEY']],
    [{ SNOWFLAKE_WORKER_ID: '1' }, ['SNOWFLAKE_DATACENTER_ID']],
    [{ SNOWFLAKE_NODE_TTL_SECONDS: '40' }, ['SNOWFLAKE_NODE_TTL_SECONDS']],
    [{ USER_PASSWORD_MIN_LENGTH: '40' }, ['USER_PASSWORD_MIN_LENGTH']],
    [{ CORS_ALLOWED_ORIGINS: '["*"]' }, ['CORS_ALLOWED_ORIGINS']],
    [{ CORS_ALLOWED_ORIGINS: '["http://a/"]' }, ['CORS_ALLOWED_ORIGINS']],
    [{ DEMO_MODE_EXCLUDE: '[["POST"]]' }, ['DEMO_MODE_EXCLUDE']],
    [{ LOG_ACCESS_FILENAME: '../../etc/passwd' }, ['LOG_ACCESS_FILENAME']],
    [{ DATA_ENCRYPTION_KEYS: '["a1:c2hvcnQ="]' }, ['DATA_ENCRYPTION_KEYS']],
    [{ ADMIN_PASSWORD: '123456' }, ['ADMIN_PASSWORD']],
    [{ ADMIN_PASSWORD: 'abc12' }, ['ADMIN_PASSWORD']],
    [{ ADMIN_PASSWORD: 'long-enough-but-no-figure' }, ['ADMIN_PASSWORD']],
    [{ ADMIN_PASSWORD: `a1${'密'.repeat(27)}` }, ['ADMIN_PASSWORD']],
    [{ ADMIN_PASSWORD: 'nothing5special', USER_PASSWORD_REQUIRE_SPECIAL_CHAR: 'true' }, ['ADMIN_PASSWORD']],
  ])('include %j', (source, names) => {
    expect(wrong(source)).toEqual(names)
  })

  it.each([
    [{ TOKEN_SECRET_KEY: '1VkVF75nsNABBjK_7-qz7GtzNy3AMvktc9TCPwKczCk' }, ['TOKEN_SECRET_KEY']],
    [{ TOKEN_SECRET_KEY: settings.TOKEN_SECRET_KEY.example }, ['TOKEN_SECRET_KEY']],
    [{ TOKEN_SECRET_KEY: 'too short' }, ['TOKEN_SECRET_KEY']],
    [{ DATA_ENCRYPTION_KEYS: settings.DATA_ENCRYPTION_KEYS.example }, ['DATA_ENCRYPTION_KEYS']],
    [{ ADMIN_PASSWORD: 'admin123' }, ['ADMIN_PASSWORD']],
    [{ TOKEN_SECRET_KEY: KEY, ADMIN_PASSWORD: 'something-else-9' }, []],
  ])('include, in production only, published secrets %j', (source, names) => {
    expect(wrong({ ...source, ENVIRONMENT: 'prod' })).toEqual(names)
    expect(wrong(source)).toEqual([])
  })

  it('never show the value of a secret', () => {
    const { problems } = readEnv({
      ENVIRONMENT: 'prod',
      TOKEN_SECRET_KEY: 'hunter2',
      REDIS_URL: 'http://hunter2',
      DATA_ENCRYPTION_KEYS: 'hunter2',
    })

    expect(problems).toHaveLength(3)
    expect(new SettingsError(problems).message).not.toContain('hunter2')
  })
})

it('a first password is told what it lacks, beside what else is wrong', () => {
  const password = `a1${'密'.repeat(27)}`

  expect(readEnv({ PORT: 'many', ADMIN_PASSWORD: password }).problems).toMatchObject([
    { name: 'PORT' },
    {
      name: 'ADMIN_PASSWORD',
      problem: 'must have at most 25 characters like these (72 bytes in all)',
      example: 'ADMIN_PASSWORD=a-long-passphrase-7',
    },
  ])
})

it('wrong roles are answered with a line that can be copied', () => {
  expect(readEnv({ ROLES: 'web,chef' }).problems).toEqual([
    {
      name: 'ROLES',
      problem: 'must be one or more of web, worker, scheduler, with commas between them, but is "web,chef"',
      example: 'ROLES=web,worker',
    },
  ])
})

describe('a secret', () => {
  it('may be the content of a file', () => {
    const file = join(folder, 'token-key')
    writeFileSync(file, `${KEY}\n`)

    expect(read({ TOKEN_SECRET_KEY_FILE: file })?.TOKEN_SECRET_KEY).toBe(KEY)
  })

  it('must not be given twice, and its file must be there', () => {
    const { problems } = readEnv({
      TOKEN_SECRET_KEY: KEY,
      TOKEN_SECRET_KEY_FILE: '/x',
      REDIS_PASSWORD_FILE: '/not/there',
    })

    expect(problems.map(({ name }) => name)).toEqual(['REDIS_PASSWORD', 'TOKEN_SECRET_KEY'])
    expect(problems[0]?.problem).toContain('"/not/there"')
  })
})

describe('settings of a plugin', () => {
  const mail = group('Mail', {
    MAIL_PORT: integer({ default: 465, min: 1, max: 65535, description: 'Port.' }),
    MAIL_SSL: flag({ default: true, prodDefault: false, description: 'TLS.' }),
    MAIL_HOST: optional(text({ default: '', example: 'smtp.example.com', description: 'Server.' })),
    MAIL_PASSWORD: secret(text({ default: '', example: 'secret', description: 'Password.' })),
  })

  it('are read in the same way, with their types', () => {
    const { values, problems } = parseSettings(mail.settings, { MAIL_PORT: '25', ENVIRONMENT: 'prod' })

    const port: number = values.MAIL_PORT
    expect([port, values.MAIL_SSL, values.MAIL_HOST, values.MAIL_PASSWORD, problems]).toEqual([
      25,
      false,
      null,
      '',
      [],
    ])
  })

  it('come from the environment of the process', () => {
    expect(readSettings(mail.settings)).toEqual({
      MAIL_PORT: 465,
      MAIL_SSL: true,
      MAIL_HOST: null,
      MAIL_PASSWORD: '',
    })
  })

  it('have a reference and an example file of their own', () => {
    expect(envExample([mail])).toContain('#MAIL_PORT=465')
    expect(settingsReference([mail])).toContain(
      '| `MAIL_SSL` | true or false | `true`; production: `false` | TLS. |',
    )
  })
})

describe('the environment of a process', () => {
  const run = (settingsOfProcess: Record<string, string>, cwd = folder) => {
    const script = join(folder, 'run.ts')
    const module = JSON.stringify(join(projectRoot, 'src/config/env'))
    writeFileSync(
      script,
      `import { env } from ${module}\nprocess.stdout.write(env.PORT + ' ' + env.FASTAPI_TITLE)`,
    )
    const { PATH = '', HOME = '' } = process.env
    const tsx = join(projectRoot, 'node_modules/tsx/dist/cli.mjs')
    return spawnSync(process.execPath, [tsx, script], {
      cwd,
      env: { PATH, HOME, ...settingsOfProcess },
      encoding: 'utf8',
    })
  }

  it('wins over the file .env in the working folder', () => {
    writeFileSync(join(folder, '.env'), 'PORT=9001\nFASTAPI_TITLE="From the file" # a remark\n')

    expect(run({ PORT: '9002' }).stdout).toBe('9002 From the file')
  })

  it('may name another file, or none', () => {
    writeFileSync(join(folder, '.env'), 'PORT=9001\n')
    writeFileSync(join(folder, 'other.env'), 'PORT=9003\n')

    expect(run({ STEWARD_ENV_FILE: 'other.env' }).stdout).toBe('9003 Steward')
    expect(run({ STEWARD_ENV_FILE: '' }).stdout).toBe('8000 Steward')
    expect(run({ STEWARD_ENV_FILE: 'missing.env' }).stderr).toContain('STEWARD_ENV_FILE cannot be read')
  })

  it('that is wrong ends the process with words for an operator, without a trace of our code', () => {
    const result = run({ STEWARD_ENV_FILE: '', PORT: 'abc', DATABASE_TYPE: 'mysql' })

    expect(result.status).not.toBe(0)
    expect(result.stderr).toContain('4 settings are wrong')
    expect(result.stderr).toContain('DATABASE_HOST is needed when DATABASE_TYPE is mysql')
    expect(result.stderr).not.toContain('src/config')
  })
})

describe('the written references', () => {
  const committed = (name: string) => readFileSync(join(projectRoot, name), 'utf8')

  it('are current: .env.example, else run "steward config example > .env.example"', () => {
    expect(committed('.env.example')).toBe(envExample())
  })

  it('are current: docs/settings.md, else run "steward config reference > docs/settings.md"', () => {
    expect(committed('docs/settings.md')).toBe(settingsReference())
  })

  it('give examples that work when the comment signs are removed', () => {
    const lines = envExample()
      .split('\n')
      .filter((line) => /^#[A-Z_0-9]+=/.test(line))
    const source = parseEnv(lines.map((line) => line.slice(1)).join('\n'))

    const { problems } = readEnv({ ...source, REDIS_URL: '', DATABASE_PORT: '' })

    expect(lines).toHaveLength(Object.keys(settings).length)
    expect(problems).toEqual([])
  })
})
