import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshHome } from '../support/database-server'
import { freePort } from '../support/server-process'
import { steward } from '../support/cli'

jest.setTimeout(120_000)

describe('config check', () => {
  const wrong = { PORT: 'many', DATABASE_TYPE: 'oracle', ADMIN_PASSWORD: 'hunter2-hunter2' }

  it('is content with right settings', async () => {
    expect(await steward(['config', 'check'])).toMatchObject({ code: 0, stdout: 'All settings are right.\n' })
  })

  it('tells everything that is wrong at once, each with an example', async () => {
    const { code, stderr } = await steward(['config', 'check'], { home: wrong })

    expect(code).toBe(1)
    expect(stderr).toMatch(/PORT must be a whole number.*\n +example: PORT=8000/)
    expect(stderr).toMatch(/DATABASE_TYPE must be one of.*\n +example: DATABASE_TYPE=/)
    expect(stderr).not.toContain('hunter2')
  })

  it('tells it to programs too', async () => {
    const { code, stdout, stderr } = await steward(['config', 'check', '--json'], { home: wrong })

    expect([code, stderr]).toEqual([1, ''])
    const { ok, problems } = JSON.parse(stdout)
    expect(ok).toBe(false)
    expect(problems.map((one: { name: string }) => one.name).sort()).toEqual(['DATABASE_TYPE', 'PORT'])
  })
})

describe('the settings file', () => {
  const written = (text: string) => {
    const file = join(mkdtempSync(join(process.env.TEST_FOLDER ?? '', 'env-')), '.env')
    writeFileSync(file, text, { mode: 0o600 })
    return { STEWARD_ENV_FILE: file }
  }

  it('is read with a critical eye by config check', async () => {
    const home = written('FASTAPI_TITEL=Ours\nPORT 8000\n')

    const { code, stdout } = await steward(['config', 'check'], { home })
    const told = JSON.parse((await steward(['config', 'check', '--json'], { home })).stdout)

    expect(code).toBe(0)
    expect(stdout).toMatch(/NOTE +.*line 1: FASTAPI_TITEL is no setting. Did you mean FASTAPI_TITLE\?/)
    expect(stdout).toMatch(/line 2: is not understood/)
    expect(stdout).toContain('All settings are right.')
    expect(told).toMatchObject({ ok: true, problems: [], notes: [expect.any(String), expect.any(String)] })
  })

  it('is read with a critical eye by doctor, who goes on', async () => {
    const home = { ...(await freshHome()), ...written('FASTAPI_TITEL=Ours\n') }

    const { stdout } = await steward(['doctor'], { home })

    expect(stdout).toMatch(/NOTE +settings file .*Did you mean FASTAPI_TITLE\?\n +-> /)
    expect(stdout).toMatch(/ok +Redis/)
  })
})

describe('what is generated', () => {
  it('.env.example is what the command prints', async () => {
    expect((await steward(['config', 'example'])).stdout).toBe(readFileSync('.env.example', 'utf8'))
  })

  it('can be written into a file', async () => {
    const file = join(mkdtempSync(join(process.env.TEST_FOLDER ?? '', 'out-')), 'api.json')

    expect(await steward(['openapi', '--out', file])).toMatchObject({ code: 0 })
    expect(JSON.parse(readFileSync(file, 'utf8')).openapi).toMatch(/^3\.1/)
  })

  it('a file that cannot be written is told in a sentence', async () => {
    const { code, stderr } = await steward(['config', 'example', '--out', '/nowhere/at/all'])

    expect(code).toBe(1)
    expect(stderr).toContain('/nowhere/at/all')
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('routes', () => {
  it('shows who may call what', async () => {
    const { code, stdout } = await steward(['routes', '--module', 'admin', '--json'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toContainEqual({
      method: 'GET',
      path: '/api/v1/sys/users',
      access: 'signed_in',
      title: 'List users',
      module: 'admin',
    })
    expect((await steward(['routes'])).stdout).toMatch(
      /GET +\/api\/v1\/sys\/users +signed_in +List users +admin\n/,
    )
  })

  it('knows the modules', async () => {
    expect(await steward(['routes', '--module', 'melons'])).toMatchObject({ code: 2 })
  })

  it('may be cut off by its reader', async () => {
    expect(await steward(['routes'], { closesEarly: true })).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('doctor', () => {
  it('finds an unreachable Redis and an unreachable database, and goes on', async () => {
    const home = await freshHome()
    const port = String(await freePort())
    const broken = { ...home, REDIS_PORT: port, DATABASE_TYPE: 'mysql', DATABASE_HOST: '127.0.0.1' }
    const login = {
      DATABASE_PORT: port,
      DATABASE_USER: 'x',
      DATABASE_PASSWORD: 'hunter2-hunter2',
      REDIS_TIMEOUT: '1',
    }
    const { code, stdout } = await steward(['doctor'], { home: { ...broken, ...login } })

    expect(code).toBe(1)
    expect(stdout).toMatch(/BROKEN +Redis .*\n +-> .*REDIS_HOST/)
    expect(stdout).toMatch(/BROKEN +database .*\n +-> .*DATABASE_\*/)
    expect(stdout).toContain('2 things broken')
    expect(stdout).not.toContain('hunter2')
  })

  it('finds key files that others may read', async () => {
    const { DATA_DIR, ...home } = await freshHome()
    mkdirSync(String(DATA_DIR), { recursive: true })
    writeFileSync(join(String(DATA_DIR), 'keys.json'), '{}')
    chmodSync(join(String(DATA_DIR), 'keys.json'), 0o644)
    const { findings } = JSON.parse(
      (await steward(['doctor', '--json'], { home: { ...home, DATA_DIR: String(DATA_DIR) } })).stdout,
    )

    expect(findings).toContainEqual(
      expect.objectContaining({
        name: 'files with secrets',
        state: 'notice',
        advice: expect.stringContaining('chmod 600'),
      }),
    )
  })

  it('stops at wrong settings, since there is nowhere to look', async () => {
    const { code, stdout } = await steward(['doctor'], { home: { PORT: 'many' } })

    expect(code).toBe(1)
    expect(stdout).toMatch(/BROKEN +PORT +must be a whole number/)
  })
})
