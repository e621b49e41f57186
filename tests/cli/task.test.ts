import { operationLogOf } from '../support/cli'
import { useTalk } from './talk'

jest.setTimeout(400_000)

const talk = useTalk()
const run = (...words: string[]) => talk.run(...words)

it('worker and scheduler say what they are', () => {
  expect(talk.processes[0]?.stdout).toContain('Steward is running as worker')
  expect(talk.processes[1]?.stdout).toContain('Steward is running as scheduler')
})

describe('task list', () => {
  it('shows every task with its queue and how many live workers know it', async () => {
    const { code, stdout } = await run('task', 'list', '--json')

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toContainEqual({
      ...{ task: 'talk.say', title: 'Say words', queue: 'celery', workers: 1 },
    })
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

  it('reads arguments from standard input, and hides secrets in the operation log', async () => {
    const input = '{"words":["x"],"password":"hunter2-hunter2"}'
    const asked = await talk.typed(input, 'task', 'run', 'talk.say', '--kwargs', '-', '--follow', '--json')

    expect(asked.code).toBe(0)
    expect(JSON.parse(asked.stdout)).toMatchObject({ status: 'SUCCESS', result: { said: 1 } })
    const log = JSON.stringify(await operationLogOf(talk.home))
    expect(log).toContain('task run')
    expect(asked.stdout + log).not.toContain('hunter2')
  })
})

describe('task cancel', () => {
  it('revokes what has not begun', async () => {
    const id = await talk.accepted('talk.never')

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
    const id = await talk.accepted('talk.wait')
    const watching = talk.watch('task', 'tail', id)
    await watching.says('STARTED talk.wait by celery@')

    expect((await run('task', 'cancel', id)).stdout).toContain('--terminate')
    expect((await run('task', 'cancel', id, '--terminate')).code).toBe(0)
    expect(await watching.ended()).toBe(3)
    expect(watching.stdout).toMatch(/REVOKED: TaskRevokedError: revoked\n$/)
  })
})

describe('task search', () => {
  it('finds tasks that failed by conditions that all hold', async () => {
    const failed = await run('task', 'run', 'talk.refuse', '--follow')
    const wanted = ['--status', 'FAILURE', '--name', 'refuse', '--text', 'today', '--since', '2020-01-01']
    const { items, total_is_exact: isExact } = JSON.parse(
      (await run('task', 'search', ...wanted, '--json')).stdout,
    )

    expect(failed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAILURE: GivenUp: not today\n$/),
    })
    expect(isExact).toBe(true)
    expect(items[0]).toMatchObject({ name: 'talk.refuse', status: 'FAILURE' })
    expect((await run('task', 'search', '--status', 'SUCCESS', '--name', 'refuse')).stdout).toMatch(
      /\n0 tasks of 0\n$/,
    )
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
  })

  it('asks before it handles all that match', async () => {
    const id = await talk.accepted('talk.never')
    const all = ['task', 'cancel', '--name', 'talk.never', '--status', 'PENDING']

    expect(await run(...all)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(await run(...all, '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/to be cancelled by/),
    })
    expect((await run('task', 'tail', id)).code).toBe(3)
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
  })

  it('run runs its task with its arguments', async () => {
    const { code, stdout } = await run('schedule', 'run', 'every night', '--follow')

    expect(code).toBe(0)
    expect(stdout).toMatch(/SUCCESS: \{"said":2\}\n$/)
  })
})
