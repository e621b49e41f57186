import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { operationLogOf, steward } from '../support/cli'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'

jest.setTimeout(400_000)

let home: Record<string, string>
const processes: StewardProcess[] = []

/** An installation with the tasks of `plugin/talk`, a worker that leaves one queue alone, and a scheduler. */
beforeAll(async () => {
  home = { ...(await freshHome()), PLUGIN_DIR: resolve('tests/cli/plugin') }
  processes.push(
    await StewardProcess.start(home, ['worker', '--concurrency', '3', '--queues', 'celery,control']),
  )
  processes.push(await StewardProcess.start(home, ['celery', 'beat', '-l', 'error']))
  while ((await run('schedule', 'list')).stdout.includes('every night') === false) await pause(200)
})
afterAll(() => Promise.all(processes.map((one) => one.stop())))

const run = (...args: string[]) => steward(args, { home })

async function accepted(task: string): Promise<string> {
  const { stdout } = await run('task', 'run', task, '--json')
  return JSON.parse(stdout).task_id
}

describe('worker and scheduler', () => {
  it('say what they are', () => {
    expect(processes[0]?.stdout).toContain('Steward is running as worker')
    expect(processes[1]?.stdout).toContain('Steward is running as scheduler')
  })

  it('do not start for a queue that no task uses', async () => {
    const { code, stderr } = await run('celery', 'worker', '-Q', 'melons')

    expect(code).toBe(1)
    expect(stderr).toMatch(/^There is no queue melons\. TASK_QUEUES may name: celery, .*nobody\.\n$/)
  })
})

describe('task list', () => {
  it('shows every task with its queue and how many live workers know it', async () => {
    const { code, stdout } = await run('task', 'list', '--json')

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toContainEqual({
      ...{ task: 'talk.say', title: 'Say words', queue: 'celery', workers: 1 },
    })
    expect((await run('task', 'list')).stdout).toMatch(/talk\.never +nobody +\d +Never run\n/)
  })
})

describe('task run', () => {
  it('--follow tells states, log lines and progress, and ends with 0', async () => {
    const { code, stdout } = await run('task', 'run', 'talk.say', '--args', '[["one","two"]]', '--follow')

    expect(code).toBe(0)
    expect(stdout).toMatch(/said one\n.*said two\n/)
    expect(stdout).toContain('  100 %\n')
    expect(stdout).toMatch(/SUCCESS: \{"said":2\}\n$/)
  })

  it('ends with 1 when the task fails, and says why', async () => {
    const { code, stdout } = await run('task', 'run', 'talk.refuse', '--follow')

    expect(code).toBe(1)
    expect(stdout).toMatch(/FAILURE: GivenUp: not today\n$/)
  })

  it('reads arguments from standard input, and hides secrets in the operation log', async () => {
    const input = '{"words":["x"],"password":"hunter2-hunter2"}'
    const asked = await steward(['task', 'run', 'talk.say', '--kwargs', '-', '--follow', '--json'], {
      home,
      input,
    })

    expect(asked.code).toBe(0)
    expect(JSON.parse(asked.stdout)).toMatchObject({ status: 'SUCCESS', result: { said: 1 } })
    const log = JSON.stringify(await operationLogOf(home))
    expect(log).toContain('task run')
    expect(asked.stdout + log).not.toContain('hunter2')
  })

  it.each([
    ['an unknown task', ['no.such'], 'Task not found.\n'],
    ['too many arguments', ['talk.say', '--args', '[["a"], 2]'], /^args: At most 1 /],
    ['arguments that do not fit', ['talk.say', '--kwargs', '{"words":[]}'], /^words: /],
    ['what is no list', ['talk.say', '--args', '{}'], /^args: .*list/],
  ])('refuses %s in a sentence', async (_what, args, words) => {
    const { code, stdout, stderr } = await run('task', 'run', ...args)

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('task cancel', () => {
  it('revokes what has not begun', async () => {
    const id = await accepted('talk.never')

    expect(await run('task', 'cancel', id)).toMatchObject({ code: 0, stdout: 'Revoked.\n' })
    expect(await run('task', 'tail', id)).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/^REVOKED: /),
    })
    expect(await run('task', 'cancel', id)).toMatchObject({
      code: 1,
      stderr: 'The task has already ended.\n',
    })
  })

  it('leaves alone what runs, unless it shall be terminated', async () => {
    const id = await accepted('talk.wait')
    const watching = StewardProcess.run(home, ['task', 'tail', id])
    processes.push(watching)
    await watching.says('STARTED talk.wait by celery@')

    expect((await run('task', 'cancel', id)).stdout).toContain('--terminate')
    expect((await run('task', 'cancel', id, '--terminate')).code).toBe(0)
    expect(await watching.ended()).toBe(3)
    expect(watching.stdout).toMatch(/REVOKED: TaskRevokedError: revoked\n$/)
  })

  it('tells of an id that does not exist', async () => {
    expect(await run('task', 'cancel', 'melon')).toMatchObject({
      code: 1,
      stderr: 'Task result not found.\n',
    })
  })
})

describe('task search', () => {
  it('finds tasks by conditions that all hold', async () => {
    await run('task', 'run', 'talk.refuse', '--follow')
    const wanted = ['--status', 'FAILURE', '--name', 'refuse', '--text', 'today', '--since', '2020-01-01']
    const { items, total_is_exact: isExact } = JSON.parse(
      (await run('task', 'search', ...wanted, '--json')).stdout,
    )

    expect(isExact).toBe(true)
    expect(items[0]).toMatchObject({ name: 'talk.refuse', status: 'FAILURE' })
    expect((await run('task', 'search', ...wanted)).stdout).toMatch(
      /FAILURE +talk\.refuse +\S+ +.*not today\n/,
    )
    expect((await run('task', 'search', '--status', 'SUCCESS', '--name', 'refuse')).stdout).toMatch(
      /\n0 tasks of 0\n$/,
    )
  })

  it('refuses a state that is none', async () => {
    expect(await run('task', 'search', '--status', 'BROKEN')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^status.*: /),
    })
  })
})

describe('task retry', () => {
  it('runs a finished task again', async () => {
    const first = JSON.parse(
      (await run('task', 'run', 'talk.say', '--args', '[["hi"]]', '--follow', '--json')).stdout,
    )
    const again = await run('task', 'retry', first.task_id, '--follow', '--json')

    expect(again.code).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({ retry_of: first.id, result: { said: 1 } })
    expect(await run('task', 'retry', 'melon')).toMatchObject({ code: 1 })
  })

  it('asks before it handles all that match', async () => {
    const id = await accepted('talk.never')
    const all = ['task', 'cancel', '--name', 'talk.never', '--status', 'PENDING']

    expect(await run(...all)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(await run(...all, '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/to be cancelled by/),
    })
    expect((await run('task', 'tail', id)).code).toBe(3)
    expect((await run('task', 'retry', '--name', 'no such task')).stdout).toBe('Nothing matches.\n')
  })
})

describe('task tail', () => {
  it('may be left; the task goes on', async () => {
    const id = await accepted('talk.never')
    const watching = StewardProcess.run(home, ['task', 'tail', id])
    await watching.says('PENDING talk.never')
    watching.child.kill('SIGINT')

    expect(await watching.ended()).toBe(130)
    expect(watching.stderr).toBe('Left; the task goes on.\n')
  })
})

describe('schedule', () => {
  it('list shows what tasks bring along', async () => {
    const all = JSON.parse((await run('schedule', 'list', '--json')).stdout)

    expect(all).toContainEqual(
      expect.objectContaining({
        name: 'every night',
        task: 'talk.say',
        crontab: '30 2 * * *',
        enabled: true,
      }),
    )
    expect((await run('schedule', 'list')).stdout).toMatch(
      /every night +talk\.say +30 2 \* \* \* +- +20\S+ 02:30:00 +0\n/,
    )
  })

  it('run runs its task with its arguments', async () => {
    const { code, stdout } = await run('schedule', 'run', 'every night', '--follow')

    expect(code).toBe(0)
    expect(stdout).toMatch(/SUCCESS: \{"said":2\}\n$/)
    expect(await run('schedule', 'run', 'no such')).toMatchObject({ code: 1 })
  })

  it('next shows when one is due', async () => {
    const { code, stdout } = await run('schedule', 'next', 'every night', '--count', '2')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^\S+ 02:30:00\n\S+ 02:30:00\n2 times, by the clock of Asia\/Shanghai\n$/)
  })

  it('next knows crontabs before they are anywhere', async () => {
    const cron = ['schedule', 'next', '--crontab', '0 0 13 * 5', '--timezone', 'Europe/Berlin', '--json']
    const { timezone, times } = JSON.parse((await run(...cron)).stdout)

    expect(timezone).toBe('Europe/Berlin')
    expect(times).toHaveLength(10)
    for (const time of times) expect(time).toMatch(/-13 00:00:00$/)
    const wrong = await run('schedule', 'next', '--crontab', '0 25 * * *')
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/hour 25 lies outside of 0-23/) })
  })
})
