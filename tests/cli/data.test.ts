import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'
import { operationLogOf, steward, type Answer } from '../support/cli'

jest.setTimeout(600_000)

let home: Record<string, string>
let folder: string

beforeAll(async () => {
  home = { ...(await freshHome()), ADMIN_PASSWORD: 'first-passw0rd' }
  folder = mkdtempSync(join(process.env.TEST_FOLDER ?? '', 'scripts-'))
})

const run = (...args: string[]) => steward(args, { home })
const states = async (): Promise<string[]> =>
  JSON.parse((await run('migrate', 'status', '--json')).stdout).map((one: { state: string }) => one.state)

async function runSql(script: string): Promise<Answer> {
  const file = join(folder, 'script.sql')
  writeFileSync(file, script)
  return run('sql', file)
}

/** Asks a server of the installation, as its first super user. */
async function ask<T>(work: (get: (path: string) => Promise<Body>, post: Poster) => Promise<T>): Promise<T> {
  const server = await StewardProcess.start(home)
  const api = `${server.address}/api/v1`
  const send: Poster = async (path, body, token) => {
    const headers = {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    }
    return (
      await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    ).json() as Promise<Body>
  }
  try {
    const { data } = await send('/auth/login', { username: 'admin', password: 'first-passw0rd' })
    const headers = { authorization: `Bearer ${data.access_token}` }
    const get = async (path: string) => (await fetch(`${api}${path}`, { headers })).json() as Promise<Body>
    return await work(get, send)
  } finally {
    server.child.kill('SIGTERM')
    await server.ended()
  }
}

/** An answer of the API, as far as these tests look. */
interface Body {
  code: number
  data: { access_token: string }
}

type Poster = (path: string, body: unknown, token?: string) => Promise<Body>

/** One installation, from nothing to its end: each step builds on those before, as for an operator. */
it('an installation is made, used and unmade by the command line', async () => {
  // nothing is there, and looking does not change that
  const dry = await run('migrate', 'up', '--dry-run')
  expect(dry).toMatchObject({ code: 0, stderr: '' })
  expect(dry.stdout).toMatch(/^-- core\/\S+create-admin-tables\nCREATE TABLE IF NOT EXISTS \W?sys_user\W? /)
  expect(dry.stdout).toMatch(/INSERT INTO \W?sys_menu/)
  expect(new Set(await states())).toEqual(new Set(['pending']))

  // one step, then the rest
  expect((await run('migrate', 'up', '--steps', '1')).stdout).toContain('Applied 1 migration.')
  expect((await states()).filter((state) => state === 'applied')).toHaveLength(1)
  expect((await run('migrate', 'up')).code).toBe(0)
  expect(new Set(await states())).toEqual(new Set(['applied']))
  expect((await run('migrate', 'up')).stdout).toContain('Nothing is pending.')

  // going back is shown, refused without a yes, and done
  const back = await run('migrate', 'down', '--all', '--dry-run')
  expect(back.stdout).toMatch(/DROP TABLE IF EXISTS \W?sys_user\W?;/)
  expect(await run('migrate', 'down')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
  expect(await run('migrate', 'down', '--to', 'no-such-thing', '--yes')).toMatchObject({ code: 1 })
  expect(new Set(await states())).toEqual(new Set(['applied']))
  expect((await run('alembic', 'downgrade', '--yes')).stdout).toContain('Undid 1 migration.')
  expect((await states()).filter((state) => state === 'pending')).toHaveLength(1)

  // init asks first, then makes everything anew
  expect(await run('init')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
  const init = await run('init', '--yes', '--demo')
  expect(init).toMatchObject({ code: 0, stderr: '' })
  expect(init.stdout).toContain('First super user: admin')
  expect(init.stdout).not.toContain('first-passw0rd')
  expect(init.stdout).toContain('Added: 1 user, 4 departments, 5 data scopes, 6 data rules, 8 links.')
  expect((await run('seed')).stdout).toContain('there already')

  // people are let in
  const made = JSON.parse((await run('user', 'create-super', 'alice', '--json')).stdout)
  expect(await run('user', 'create-super', 'alice')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/taken/),
  })
  expect(await run('user', 'unlock', 'nobody')).toMatchObject({ code: 1, stderr: 'User not found.\n' })
  const reset = await steward(['user', 'reset-password', 'test', '--password-stdin'], {
    home,
    input: 'a-new-passw0rd\n',
  })
  expect(reset).toMatchObject({ code: 0 })
  expect(reset.stdout).not.toContain('a-new-passw0rd')
  expect(
    await steward(['user', 'reset-password', 'test', '--password-stdin'], { home, input: 'x' }),
  ).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('at least'),
  })

  // the passwords work, and the demo data is there
  await ask(async (get, post) => {
    const login = await post('/auth/login', { username: 'alice', password: made.password })
    expect(login.code).toBe(200)
    expect((await post('/auth/login', { username: 'test', password: 'a-new-passw0rd' })).code).toBe(200)
    const depts = await get('/sys/depts')
    expect(JSON.stringify(depts.data)).toContain('研发部')
  })

  // sql: everything or nothing
  const row = (id: number, name: string) =>
    `insert into sys_dept (id, name, sort, status, del_flag, created_time) values ('${id}', '${name}', 0, 1, ${home.DATABASE_SCHEMA && process.env.DATABASE_TYPE === 'postgresql' ? 'false' : '0'}, '2024-01-01 00:00:00');`
  expect(await runSql(`-- two\n${row(11, 'a;b')}\n${row(12, 'c')}select 1`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Ran 3 statements'),
  })
  expect(await runSql(`${row(13, 'd')}\n${row(11, 'again')}`)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Line 2: .*Nothing was kept\.\n$/),
  })
  expect(await runSql(`${row(14, 'e')}\ndrop table sys_dept;`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Line 2: drop is not allowed'),
  })
  expect(await runSql(`${row(13, 'd')}${row(14, 'e')}`)).toMatchObject({ code: 0 })
  expect(await run('sql', join(folder, 'missing.sql'))).toMatchObject({ code: 1 })
  expect(await run('--sql', join(folder, 'missing.sql'))).toMatchObject({ code: 1 })

  // and everything that changed something is in the operation log, without secrets
  const log = await operationLogOf(home)
  expect(log.map((row) => row.title)).toEqual([
    'init',
    'seed demo',
    'seed demo',
    'user create-super',
    'user reset-password',
    'sql',
    'sql',
  ])
  const entry = log.find((row) => row.title === 'user reset-password')
  expect(JSON.stringify(entry)).toMatch(/os_user.*sys_user/s)
  expect(JSON.stringify(log)).not.toMatch(/argon2|a-new-passw0rd/)

  // what is broken is found: nobody may administer any more
  const well = await run('doctor', '--json')
  expect(JSON.parse(well.stdout)).toMatchObject({ ok: true })
  expect(well.code).toBe(0)
  expect((await run('migrate', 'down', '--yes')).code).toBe(0)
  const ill = await run('doctor')
  expect(ill.code).toBe(1)
  expect(ill.stdout).toMatch(/BROKEN +migrations .*1 not applied/)
  expect(ill.stdout).toContain('-> steward migrate up')
})

it('init --auto writes settings only where there are none, unless told to', async () => {
  const { DATABASE_SCHEMA, ...rest } = await freshHome()
  const own = DATABASE_SCHEMA ? { ...rest, DATABASE_SCHEMA: `${DATABASE_SCHEMA}_new`.slice(-60) } : rest
  const file = join(folder, '.env')
  const first = await steward(['init', '--auto', '--yes'], { home: { ...own, STEWARD_ENV_FILE: file } })
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(readFileSync(file, 'utf8')).toContain('DATABASE_TYPE=sqlite')
  expect(first.stdout.includes('Made the database')).toBe(DATABASE_SCHEMA !== undefined)

  writeFileSync(file, '# mine\n')
  const second = await steward(['init', '--auto', '--yes'], { home: { ...own, STEWARD_ENV_FILE: file } })
  expect(second.stdout).toContain('Kept: ')
  expect(readFileSync(file, 'utf8')).toBe('# mine\n')
  expect(await steward(['init', '--auto'], { home: { ...own, STEWARD_ENV_FILE: file } })).toMatchObject({
    code: 2,
  })
})
