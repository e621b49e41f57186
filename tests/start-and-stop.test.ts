import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freshHome } from './support/database-server'
import { StewardProcess } from './support/steward-process'

const running: StewardProcess[] = []

async function start(settings: Record<string, string> = {}): Promise<StewardProcess> {
  const one = await StewardProcess.start(settings)
  running.push(one)
  return one
}

async function failToStart(settings: Record<string, string>): Promise<StewardProcess> {
  const one = StewardProcess.run(settings)
  running.push(one)
  await one.ended()
  return one
}

/** A connection on which a request has begun and waits to be completed. */
async function halfARequest(port: number) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const answer: string[] = []
  socket.on('data', (part) => answer.push(part.toString()))
  socket.on('error', () => {})
  const body = JSON.stringify({ username: 'nobody', password: 'nothing-1' })
  const head = [
    'POST /api/v1/auth/login HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`)
  return { socket, answer: () => answer.join(''), complete: () => socket.write(body.slice(5)) }
}

const refused = (port: number) =>
  new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket
      .once('connect', () => resolve('accepted'))
      .once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
  })

jest.setTimeout(60_000)

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
})

describe('the start', () => {
  it('says who may sign in and where, the password only the first time', async () => {
    const home = await freshHome()
    const first = await start(home)
    expect(first.stdout).toMatch(/user name: admin\n {2}password: {2}\S{8,}/)
    expect(first.stdout).toContain(`API page:  ${first.address}/docs`)
    first.child.kill('SIGTERM')
    expect(await first.ended()).toBe(0)

    const second = await start(home)
    expect(second.stdout).not.toContain('password')
  })

  it('does not print a password that the operator chose', async () => {
    const one = await start({ ...(await freshHome()), ADMIN_PASSWORD: 'chosen-by-me-7' })

    expect(one.stdout).toContain('ADMIN_PASSWORD')
    expect(one.stdout).not.toContain('chosen-by-me-7')
  })

  it('names every wrong setting at once, without a stack', async () => {
    const one = await failToStart({ PORT: 'eighty', DATABASE_TYPE: 'oracle' })

    expect(one.child.exitCode).toBe(1)
    expect(one.stderr).toContain('PORT')
    expect(one.stderr).toContain('DATABASE_TYPE')
    expect(one.stderr).not.toMatch(/\n\s+at /)
  })

  it('says what to do when the data folder is none', async () => {
    const one = await failToStart({ DATA_DIR: __filename })

    expect(one.child.exitCode).toBe(1)
    expect(one.stderr).toContain('Set DATA_DIR to another folder')
    expect(one.stderr).not.toMatch(/\n\s+at /)
  })

  it('says what to do when the port is taken', async () => {
    const first = await start(await freshHome())

    const home = await freshHome()
    const second = await failToStart({ ...home, PORT: String(first.port), LOG_STD_LEVEL: 'INFO' })

    expect([second.child.exitCode, second.stdout]).toEqual([1, ''])
    expect(existsSync(join(String(home.DATA_DIR), 'steward.db'))).toBe(false)
    expect(second.stderr).toContain(`Port ${first.port} on 127.0.0.1 is used by another program`)
    expect(second.stderr).not.toMatch(/\n\s+at /)
  })

  it('listens to nothing without the role web, and stays', async () => {
    const one = await start({ ...(await freshHome()), ROLES: 'worker' })

    expect(one.stdout).toContain('this process serves no addresses')
    expect(one.child.exitCode).toBeNull()
    one.child.kill('SIGTERM')
    expect(await one.ended()).toBe(0)
  })
})

describe('a process without the role web', () => {
  it('tells how it is and its figures where METRICS_PORT says, and nothing else', async () => {
    const settings = { ROLES: 'scheduler', METRICS_PORT: '0', GRAFANA_METRICS_ENABLE: 'true' }
    const one = await start({ ...(await freshHome()), ...settings })
    const ask = async (path: string) => {
      const answer = await fetch(one.address + path)
      return { status: answer.status, text: await answer.text() }
    }

    expect(await ask('/health/live')).toMatchObject({ status: 200 })
    expect(await ask('/health/ready')).toMatchObject({ status: 200 })
    expect((await ask('/metrics')).text).toContain('# TYPE celery_task_sent_total counter')
    for (const path of ['/', '/docs', '/flower/', '/api/v1/auth/captcha', '/static/openapi.json'])
      expect(await ask(path)).toMatchObject({ status: 404 })

    one.child.kill('SIGTERM')
    expect(await one.ended()).toBe(0)
  })
})

describe('the stop', () => {
  it('answers the request under way and refuses new connections', async () => {
    const one = await start(await freshHome())
    const request = await halfARequest(one.port)
    await fetch(`${one.address}/api/v1/nothing`)

    one.child.kill('SIGTERM')
    while ((await refused(one.port)) !== 'ECONNREFUSED');
    request.complete()

    expect(await one.ended()).toBe(0)
    expect(request.answer()).toMatch(/^HTTP\/1\.1 \d{3} /)
  })

  it('cuts a request that does not end, and ends within its time', async () => {
    const one = await start({ ...(await freshHome()), SHUTDOWN_TIMEOUT_SECONDS: '1' })
    await halfARequest(one.port)
    await fetch(`${one.address}/api/v1/nothing`)

    one.child.kill('SIGTERM')

    expect(await one.ended()).not.toBeNull()
  })

  it('ends at once at the second Ctrl-C', async () => {
    const one = await start(await freshHome())
    await halfARequest(one.port)
    await fetch(`${one.address}/api/v1/nothing`)

    one.child.kill('SIGINT')
    while ((await refused(one.port)) !== 'ECONNREFUSED');
    one.child.kill('SIGINT')

    expect(await one.ended()).toBe(130)
  })
})
