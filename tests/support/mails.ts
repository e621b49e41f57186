import type { AddressInfo } from 'node:net'
import type { Email } from 'postal-mime'
import type { SMTPServer } from 'smtp-server'
import { takeSettingsFrom } from '../../src/config/live'

/** A mail as it arrived, with the addresses it was handed over for. */
export type CaughtMail = Email & { recipients: string[] }

/**
 * Catches every mail that the tests of a file send through the plugin `email`, with a real SMTP server on loopback.
 * @returns the mails of the test that runs, in the order in which they arrived
 */
export function useMails(): CaughtMail[] {
  const mails: CaughtMail[] = []
  let server: SMTPServer
  let giveBack = () => {}
  beforeAll(async () => {
    server = await listen(mails)
    const { port } = server.server.address() as AddressInfo
    const settings = { EMAIL_HOST: 'localhost', EMAIL_PORT: String(port), EMAIL_SSL: 'false' }
    const more = { EMAIL_STARTTLS: 'off', EMAIL_FROM: 'Steward <robot@example.com>' }
    giveBack = takeSettingsFrom(() => Promise.resolve({ ...settings, ...more }))
  })
  beforeEach(() => void mails.splice(0))
  afterAll(async () => {
    giveBack()
    await new Promise<void>((done) => server.close(done))
  })
  return mails
}

async function listen(mails: CaughtMail[]): Promise<SMTPServer> {
  const [{ SMTPServer }, { default: PostalMime }] = await Promise.all([
    import('smtp-server'),
    import('postal-mime'),
  ])
  const server = new SMTPServer({
    ...{
      authOptional: true,
      disableReverseLookup: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 50,
      logger: false,
    },
    onData: (stream, { envelope }, done) => {
      const recipients = envelope.rcptTo.map(({ address }) => address)
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const read = PostalMime.parse(Buffer.concat(parts))
        void read.then((mail) => mails.push({ ...mail, recipients })).then(() => done(), done)
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return server
}
