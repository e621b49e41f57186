import { useTalk } from './talk'

jest.setTimeout(400_000)

/** How commands for tasks and schedules speak to people, and what they refuse; see `task.test.ts` for what they do. */
const talk = useTalk()
const run = (...words: string[]) => talk.run(...words)

it('a worker does not start for a queue that no task uses', async () => {
  const { code, stderr } = await run('celery', 'worker', '-Q', 'melons')

  expect(code).toBe(1)
  expect(stderr).toMatch(/^There is no queue melons\. TASK_QUEUES may name: celery, .*nobody\.\n$/)
})

describe('task run refuses', () => {
  it.each([
    ['an unknown task', ['no.such'], 'task: Task not found\n'],
    ['too many arguments', ['talk.say', '--args', '[["a"], 2]'], /^args: At most 1 /],
    ['arguments that do not fit', ['talk.say', '--kwargs', '{"words":[]}'], /^words: /],
    ['what is no list', ['talk.say', '--args', '{}'], /^args: .*list/],
  ])('%s in a sentence', async (_what, args, words) => {
    const { code, stdout, stderr } = await run('task', 'run', ...args)

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('an id that does not exist', () => {
  it.each(['cancel', 'retry'])('is told by task %s', async (command) => {
    expect(await run('task', command, 'melon')).toMatchObject({
      code: 1,
      stderr: 'Task result not found.\n',
    })
  })
})

describe('as a table', () => {
  it('task list shows queue, workers and title', async () => {
    expect((await run('task', 'list')).stdout).toMatch(/talk\.never +nobody +\d +Never run\n/)
  })

  it('task search shows state, name and error', async () => {
    await run('task', 'run', 'talk.refuse', '--follow')

    expect((await run('task', 'search', '--status', 'FAILURE')).stdout).toMatch(
      /FAILURE +talk\.refuse +\S+ +.*not today\n/,
    )
  })

  it('schedule list shows task, times and the next run', async () => {
    expect((await run('schedule', 'list')).stdout).toMatch(
      /every night +talk\.say +30 2 \* \* \* +- +20\S+ 02:30:00 +0\n/,
    )
  })
})

it('task search refuses a state that is none', async () => {
  expect(await run('task', 'search', '--status', 'BROKEN')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^status.*: /),
  })
})

it('task retry says when nothing matches', async () => {
  expect((await run('task', 'retry', '--name', 'no such task')).stdout).toBe('Nothing matches.\n')
})

it('task tail may be left; the task goes on', async () => {
  const id = await talk.accepted('talk.never')
  const watching = talk.watch('task', 'tail', id)
  await watching.says('PENDING talk.never')
  watching.child.kill('SIGINT')

  expect(await watching.ended()).toBe(130)
  expect(watching.stderr).toBe('Left; the task goes on.\n')
})

describe('schedule', () => {
  it('run tells of one that does not exist', async () => {
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
