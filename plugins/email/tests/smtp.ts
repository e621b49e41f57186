import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A mail as the server got it. */
export interface Received extends Email {
  raw: string
  /** The envelope. */
  envelope_from: string
  recipients: string[]
  is_tls: boolean
  user: string | undefined
}

export interface Smtp {
  port: number
  mails: Received[]
  /** What the server says, in place of its usual answers; to be changed by tests. */
  answers: Answers
  connections(): number
  stop(): Promise<void>
}

/** Errors to be given as SMTP answers, or `silence` and `hang_up`. */
export interface Answers {
  connect?: 'silence'
  recipient?: (address: string) => Error | null
  data?: Error | 'hang_up' | null
}

export const smtpError = (responseCode: number, words: string): Error =>
  Object.assign(new Error(words), { responseCode })

/** A real SMTP server on loopback, with the account `robot` and the password `s3cret`. */
export async function startSmtp(options: SMTPServerOptions = {}): Promise<Smtp> {
  const mails: Received[] = []
  const answers: Answers = {}
  let connected = 0
  const server = new SMTPServer({
    ...{
      authOptional: true,
      disableReverseLookup: true,
      closeTimeout: 50,
      logger: false,
      allowInsecureAuth: true,
    },
    onConnect: (_session, done) => {
      connected += 1
      if (answers.connect !== 'silence') done()
    },
    onAuth: ({ username, password }, _session, done) =>
      username === 'robot' && password === 's3cret'
        ? done(null, { user: username })
        : done(smtpError(535, 'no such account')),
    onRcptTo: ({ address }, _session, done) => done(answers.recipient?.(address) ?? null),
    onData: (stream, session, done) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        if (answers.data === 'hang_up') return server.connections.forEach((one) => one.close())
        if (answers.data) return done(answers.data)
        const raw = Buffer.concat(parts)
        void PostalMime.parse(raw).then((mail) => {
          const { mailFrom, rcptTo } = session.envelope
          mails.push({
            ...{ ...mail, raw: raw.toString('latin1'), envelope_from: mailFrom ? mailFrom.address : '' },
            ...{ recipients: rcptTo.map((one) => one.address), is_tls: session.secure, user: session.user },
          })
          done()
        }, done)
      })
    },
    ...options,
  })
  server.on('error', () => undefined) // A client that hangs up is what some tests are about.
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.server.address() as AddressInfo
  const stop = () => new Promise<void>((done) => server.close(done))
  return { port, mails, answers, connections: () => connected, stop }
}

/** A certificate for `localhost`. */
export function makeCertificate(): { cert: string; key: string; ca_file: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'smtp-tls-'))
  const usual = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', '-x509', ...usual, ...names, '-keyout', 'key.pem', '-out', 'cert.pem'], {
    cwd: dir,
    stdio: 'pipe',
  })
  const read = (name: string) => readFileSync(join(dir, name), 'utf8')
  const remove = () => rmSync(dir, { recursive: true, force: true })
  return { cert: read('cert.pem'), key: read('key.pem'), ca_file: join(dir, 'cert.pem'), remove }
}
