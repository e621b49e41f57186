import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { LogFile } from '../../src/infra/log-file'
import { createLogger, prettyStream } from '../../src/infra/logger'
import { projectRoot } from '../../src/utils/project-root'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function collect() {
  const lines: string[] = []
  return { lines, write: (line: string) => void lines.push(line) }
}

const only = (lines: string[]): Record<string, unknown> => {
  expect(lines).toHaveLength(1)
  return JSON.parse(lines[0] ?? '')
}

describe('a log line', () => {
  it('carries words, level, time and data', () => {
    const out = collect()

    createLogger('INFO', out).info('user logged in', { user_id: '7' })

    const line = only(out.lines)
    expect(line).toMatchObject({ level: 'info', msg: 'user logged in', user_id: '7' })
    expect(Date.parse(String(line.time))).not.toBeNaN()
  })

  it('never shows a secret, at any depth, also when a child carries it', () => {
    const out = collect()
    const secrets = {
      password: 'hunter2',
      nested: {
        list: [{ new_password: 'hunter2', accessToken: 'hunter2' }],
        headers: { Authorization: 'hunter2', 'Set-Cookie': ['hunter2'] },
      },
      client_secret: 'hunter2',
      user: { salt: 'hunter2', otp: 'hunter2' },
    }

    createLogger('INFO', out).child({ refresh_token: 'hunter2' }).info('signed in', secrets)

    expect(out.lines.join('')).toContain('******')
    expect(out.lines.join('')).not.toContain('hunter2')
  })

  it('shows an error with its cause but without the values of its statement', () => {
    const out = collect()
    const cause = Object.assign(new Error('duplicate key'), { parameters: ['hunter2'] })
    const err = Object.assign(new Error('insert failed', { cause }), {
      parameters: ['hunter2'],
      config: { password: 'hunter2' },
    })

    createLogger('INFO', out).error('cannot save', { err })

    const text = out.lines.join('')
    expect(text).toContain('insert failed')
    expect(text).toContain('duplicate key')
    expect(text).not.toContain('hunter2')
  })

  it('is not written below the level', () => {
    const out = collect()

    createLogger('WARNING', out).info('quiet')

    expect(out.lines).toEqual([])
  })

  it('survives data that refers to itself', () => {
    const out = collect()
    const data: Record<string, unknown> = {}
    data.self = data

    createLogger('INFO', out).info('round', data)

    expect(only(out.lines).msg).toBe('round')
  })

  it('reads for people: time, level, request id and words between bars', () => {
    const lines: string[] = []
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })

    createLogger('INFO', prettyStream(sink, false))
      .child({ request_id: 'a1b2' })
      .warn('slow query', { ms: 12 })

    expect(lines.join('')).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| WARN {5}\| a1b2 \| slow query\n/,
    )
    expect(lines.join('')).toContain('ms: 12')
  })
})

describe('a log file', () => {
  const path = () => join(folder, 'deep', 'app.log')
  const fail = (error: Error) => {
    throw error
  }
  const names = () => readdirSync(join(folder, 'deep')).sort()

  it('is renamed with the date when the day is over, in its own time zone', async () => {
    let time = new Date('2026-03-01T15:59:00Z')
    const file = new LogFile({ path: path(), zone: 'Asia/Shanghai', onError: fail, now: () => time })
    file.write('first\n')

    time = new Date('2026-03-01T16:00:01Z')
    file.rotate()
    file.write('second\n')
    await file.close()

    expect(names()).toEqual(['app.2026-03-01.log', 'app.log'])
    expect(readFileSync(join(folder, 'deep', 'app.2026-03-01.log'), 'utf8')).toBe('first\n')
    expect(readFileSync(path(), 'utf8')).toBe('second\n')
  })

  it('stays when the timer comes too early', async () => {
    const file = new LogFile({ path: path(), zone: 'UTC', onError: fail })
    file.rotate()
    await file.close()

    expect(names()).toEqual(['app.log'])
  })

  it('of an earlier day is renamed at the start, one of today is continued', async () => {
    mkdirSync(join(folder, 'deep'))
    writeFileSync(path(), 'old\n')
    utimesSync(path(), new Date('2026-02-20T10:00:00Z'), new Date('2026-02-20T10:00:00Z'))
    const now = () => new Date('2026-02-22T10:00:00Z')

    await new LogFile({ path: path(), zone: 'UTC', onError: fail, now }).close()
    writeFileSync(path(), 'today\n')
    utimesSync(path(), now(), now())
    const again = new LogFile({ path: path(), zone: 'UTC', onError: fail, now })
    again.write('more\n')
    await again.close()

    expect(names()).toEqual(['app.2026-02-20.log', 'app.log'])
    expect(readFileSync(path(), 'utf8')).toBe('today\nmore\n')
  })

  it('is kept for seven days, other files are left alone', async () => {
    mkdirSync(join(folder, 'deep'))
    for (const name of [
      'app.2026-02-20.log',
      'app.2026-02-14.log',
      'app.2026-02-15.log',
      'other.2026-01-01.log',
      'app.txt',
    ]) {
      writeFileSync(join(folder, 'deep', name), '')
    }
    const now = () => new Date('2026-02-22T10:00:00Z')

    await new LogFile({ path: path(), zone: 'UTC', onError: fail, now }).close()

    expect(names()).toEqual([
      'app.2026-02-15.log',
      'app.2026-02-20.log',
      'app.log',
      'app.txt',
      'other.2026-01-01.log',
    ])
  })

  it('of two processes is renamed once and nothing of it is lost', async () => {
    let time = new Date('2026-03-01T23:59:00Z')
    const options = { path: path(), zone: 'UTC', onError: fail, now: () => time }
    const one = new LogFile(options)
    utimesSync(path(), time, time)
    const two = new LogFile(options)
    one.write('one\n')
    two.write('two\n')

    time = new Date('2026-03-02T00:00:01Z')
    one.rotate()
    two.rotate()
    one.write('three\n')
    two.write('four\n')
    await Promise.all([one.close(), two.close()])

    const all = names().map((name) => readFileSync(join(folder, 'deep', name), 'utf8'))
    expect(names()).toEqual(['app.2026-03-01.log', 'app.log'])
    expect(all.join('').split('\n').filter(Boolean).sort()).toEqual(['four', 'one', 'three', 'two'])
  })
})

describe('the logger of a process', () => {
  const script = `
    import { logger, openLogFiles, closeLogger } from ${JSON.stringify(join(projectRoot, 'src/infra/logger'))}
    openLogFiles()
    logger.info('fine')
    logger.error('broken')
    if (process.argv[2] === 'close') closeLogger().then(() => process.exit(0))
  `
  const run = (argument: string, settings: Record<string, string>) => {
    const file = join(folder, 'run.ts')
    writeFileSync(file, script)
    const command = [join(projectRoot, 'node_modules/tsx/dist/cli.mjs'), file, argument]
    const environment = {
      ...process.env,
      LOG_STD_LEVEL: 'INFO',
      STEWARD_ENV_FILE: '',
      DATA_DIR: folder,
      ...settings,
    }
    return spawnSync(process.execPath, command, { env: environment, encoding: 'utf8', timeout: 20_000 })
  }

  it('ends by itself when the work is done, and writes errors to their own file', () => {
    const result = run('', { LOG_FORMAT: 'json' })

    expect(result).toMatchObject({ status: 0, stderr: '' })
    expect(
      result.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    ).toEqual(['fine', 'broken'])
    expect(readFileSync(join(folder, 'log/fba_access.log'), 'utf8')).toContain('fine')
    expect(readFileSync(join(folder, 'log/fba_access.log'), 'utf8')).not.toContain('broken')
    expect(readFileSync(join(folder, 'log/fba_error.log'), 'utf8')).toContain('broken')
  })

  it('has written everything once it is closed', () => {
    const result = run('close', { LOG_FORMAT: 'pretty' })

    expect(result.stdout).toContain('fine')
    expect(readFileSync(join(folder, 'log/fba_error.log'), 'utf8')).toContain('broken')
  })

  it('is silent and makes no files when everything is off', () => {
    const result = run('', {
      LOG_STD_LEVEL: 'OFF',
      LOG_FILE_ACCESS_LEVEL: 'off',
      LOG_FILE_ERROR_LEVEL: 'OFF',
    })

    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(existsSync(join(folder, 'log'))).toBe(false)
  })
})
