import { issueEmailCode } from '#app/admin'
import { badRequest, limit, nextId, now, reader, unavailable, type Call } from '#core'
import { emailCrud } from '../crud/email'
import { deliver, isRefused, reasonOf } from './deliver'
import { render } from './template'
import { liveConfig } from './transport'

/**
 * Mails each address a code of its own, good for this user and this address. At once and not by a task: whoever waits
 * for the code is told when it cannot come, and the code is kept nowhere but in Redis.
 * @throws 429 for too many, of this user or to this address; 400 when the server refuses an address; 503 when it
 *   cannot be reached
 */
export async function sendCodes(call: Call, addresses: readonly string[]): Promise<void> {
  const seconds = (await liveConfig()).EMAIL_CAPTCHA_EXPIRE_SECONDS
  await checkRate(call, addresses)
  for (const address of addresses) await sendCode(call, address, seconds)
}

async function checkRate(call: Call, addresses: readonly string[]): Promise<void> {
  const now = await liveConfig()
  const rule = { points: now.EMAIL_CAPTCHA_RATE_LIMIT, seconds: now.EMAIL_CAPTCHA_RATE_SECONDS }
  for (const address of addresses) {
    await limit({ ...rule, name: 'email-captcha:user' }, call.me.id)
    await limit({ ...rule, name: 'email-captcha:address' }, address.toLowerCase())
  }
}

async function sendCode(call: Call, address: string, seconds: number): Promise<void> {
  const code = await issueEmailCode(call, address, seconds)
  const mail = render('captcha', call.language, { code, expired: Math.floor(seconds / 60) })
  const id = nextId()
  const kept = { id, recipients: address, subject: mail.subject, is_hidden: true, attempts: 1 }
  try {
    await deliver({ ...mail, id, recipients: [address] })
  } catch (error) {
    await emailCrud.append(reader(), [{ ...kept, state: 'failed', last_error: reasonOf(error) }])
    call.log.warn('a code could not be mailed', { err: error })
    throw isRefused(error) ? badRequest('email.refused', { address }) : unavailable('email.not_sent', error)
  }
  await emailCrud.append(reader(), [{ ...kept, state: 'sent', sent_time: now() }])
}
