import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { closeRedis, connectRedis, openRedis, redis } from '../../src/infra/redis'
import { findProgram, freePort, launch } from '../support/server-process'

/** A Redis that speaks TLS only, with a certificate of its own authority, and asks its clients for one too. */
let dir: string
let port: number
let stop: () => Promise<void>
const file = (name: string) => join(dir, name)
const url = (database = 0) => `rediss://:s3cret@localhost:${port}/${database}`
const ours = () => ({ ca: file('ca.pem'), cert: file('client.pem'), key: file('client.key') })

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redis-tls-'))
  makeAuthority()
  makeCertificate('server')
  makeCertificate('client')
  port = await freePort()
  const files = ['ca-cert-file ca.pem', 'cert-file server.pem', 'key-file server.key', 'port ' + String(port)]
  const settings = [
    ...files.map((line) => `tls-${line}`),
    ...['port 0', 'bind 127.0.0.1', `dir ${dir}`, 'save ""', 'requirepass s3cret'],
  ]
  writeFileSync(file('redis.conf'), settings.join('\n').replaceAll(/(?<=-file )/g, `${dir}/`))
  const command = findProgram(['redis-server', 'valkey-server'], 'redis-server')
  const listens = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(void socket.destroy())).on('error', reject)
    })
  stop = await launch(
    { command, args: [file('redis.conf')], log: file('server.log'), signal: 'TERM' },
    listens,
  )
}, 60_000)

afterEach(closeRedis)
afterAll(async () => {
  await stop()
  rmSync(dir, { recursive: true, force: true })
})

it('is spoken on every connection, with password and database', async () => {
  await openRedis({ url: url(3), tls: ours() })
  const subscriber = connectRedis('subscriber')
  const elsewhere = connectRedis('commands', 4)
  await Promise.all([subscriber.ping(), new Promise((ready) => elsewhere.once('ready', ready))])
  await redis().set('where', 'three')

  expect(redis().stream).toMatchObject({ encrypted: true, authorized: true })
  expect(await redis().get('where')).toBe('three')
  expect(await elsewhere.get('where')).toBeNull()
  expect(await redis().client('INFO')).toMatch(/ db=3 /)

  subscriber.disconnect()
  elsewhere.disconnect()
})

it.each([
  ['an authority nobody knows', {}, /cannot be reached: .*certificate/],
  ['a server that asks who we are', { ca: 'ca.pem' }, /cannot be reached: /],
  [
    'a file that is not there',
    { ca: 'gone.pem' },
    /REDIS_TLS_CA names a file that cannot be read: .*gone\.pem/,
  ],
])('refuses %s, with the reason', async (_words, given, reason) => {
  const tls = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, file(one)]))

  await expect(openRedis({ url: url(), tls, timeoutSeconds: 2 })).rejects.toThrow(reason)
})

it('does not believe a server that shows the certificate of another name', async () => {
  const elsewhere = url().replace('localhost', '127.0.0.1')

  await expect(openRedis({ url: elsewhere, tls: ours(), timeoutSeconds: 2 })).rejects.toThrow(
    /cannot be reached: .*altnames/,
  )
})

const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
const freshKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

function makeAuthority(): void {
  openssl('req', '-x509', ...freshKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA')
}

function makeCertificate(name: string): void {
  openssl('req', ...freshKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost')
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names']
  openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...authority)
}
