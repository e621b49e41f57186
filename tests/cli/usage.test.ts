import { STATES } from '../../src/app/task/schema/result'
import { steward } from '../support/cli'

jest.setTimeout(300_000)

const COMMANDS = [
  'init',
  'run',
  'worker',
  'scheduler',
  'task',
  'task list',
  'task run',
  'task search',
  'task retry',
  'task cancel',
  'task tail',
  'schedule',
  'schedule list',
  'schedule run',
  'schedule next',
  'celery worker',
  'celery beat',
  'celery flower',
  'migrate',
  'migrate up',
  'migrate down',
  'migrate status',
  'migrate create',
  'seed',
  'user',
  'user create-super',
  'user reset-password',
  'user unlock',
  'config',
  'config check',
  'config example',
  'config reference',
  'routes',
  'openapi',
  'doctor',
  'sql',
  'alembic upgrade',
  'alembic downgrade',
]

/** No database, no Redis, and settings that nobody could start with: help must not care. */
const nowhere = { DATABASE_TYPE: 'nonsense', REDIS_URL: 'nonsense', DATA_DIR: '/nowhere/at/all' }

describe('help', () => {
  it('is there for every command, whatever the state of the installation', async () => {
    const answers = await inPairs(COMMANDS, (command) =>
      steward([...command.split(' '), '--help'], { home: nowhere }),
    )

    for (const [at, { code, stdout, stderr }] of answers.entries()) {
      expect([COMMANDS[at], code, stderr]).toEqual([COMMANDS[at], 0, ''])
      expect(stdout).toContain(`Usage: steward ${COMMANDS[at]}`)
    }
  })

  it('lists the commands, and not the names from elsewhere', async () => {
    const { stdout } = await steward(['--help'], { home: nowhere })

    expect(stdout).toContain('doctor')
    expect(stdout).not.toMatch(/alembic|celery/)
  })

  it.each(['search', 'retry', 'cancel'])('of task %s names every state there is', async (command) => {
    const { stdout } = await steward(['task', command, '--help'], { home: nowhere })

    for (const state of STATES) expect(stdout).toContain(state)
  })

  it('shows the version of the package', async () => {
    const { version } = jest.requireActual<{ version: string }>('../../package.json')

    expect(await steward(['--version'], { home: nowhere })).toMatchObject({ code: 0, stdout: `${version}\n` })
  })
})

describe('a wrong call', () => {
  it.each([
    ['nothing', []],
    ['an unknown command', ['migrat']],
    ['an unknown option', ['migrate', 'up', '--everything']],
    ['a number that is none', ['migrate', 'up', '--steps', 'many']],
    ['a missing argument', ['sql']],
    ['several workers while reloading', ['run', '--workers', '2']],
    ['no name of a queue', ['worker', '--queues', 'celery,']],
    ['a level that is none', ['scheduler', '--log-level', 'loud']],
    ['arguments that are no JSON', ['task', 'run', 'task.purge-results', '--kwargs', '{']],
    ['neither a schedule nor a crontab', ['schedule', 'next']],
    ['one task and conditions', ['task', 'retry', 'x', '--name', 'y']],
    ['an unknown seed', ['seed', 'melon']],
    ['a migration without a proper name', ['migrate', 'create', 'Add Things']],
  ])('%s: ends with 2 and says so', async (_what, args) => {
    const { code, stderr } = await steward(args)

    expect(code).toBe(2)
    expect(stderr.trim()).not.toBe('')
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it('is answered with what may have been meant', async () => {
    expect((await steward(['migrat'])).stderr).toContain('Did you mean migrate?')
  })
})

describe('a failure', () => {
  it('is a sentence, and shows its place only when asked', async () => {
    const home = { DATABASE_TYPE: 'mysql', DATABASE_HOST: '127.0.0.1', DATABASE_PORT: '1' }
    const login = { DATABASE_USER: 'x', DATABASE_PASSWORD: 'hunter2-hunter2' }

    const plain = await steward(['migrate', 'status'], { home: { ...home, ...login } })
    expect(plain.code).toBe(1)
    expect(plain.stderr).toContain('The database cannot be used')
    expect(plain.stderr).not.toMatch(/\n\s+at /)
    const debug = await steward(['migrate', 'status'], { home: { ...home, ...login, DEBUG: '1' } })
    expect(debug.stderr).toMatch(/\n\s+at /)
    expect(plain.stderr + debug.stderr + debug.stdout).not.toContain('hunter2')
  })
})

async function inPairs<A, B>(list: A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const done: B[] = []
  for (let at = 0; at < list.length; at += 2)
    done.push(...(await Promise.all(list.slice(at, at + 2).map(work))))
  return done
}
