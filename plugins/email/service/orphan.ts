import { becameOf, type Became } from '#app/task'
import { now, reader, systemCall } from '#core'
import { emailCrud } from '../crud/email'
import { sendEmail } from '../task/send-email'
import { asSystem, entrust } from './outbox'

/** A task that ended just now may still be at its last words with the server. */
const QUIET_MS = 5 * 60_000
const BATCH = 500
/** So many in one run; the next one goes on. */
const MOST = 500
/** A mail that was tried so often, by tasks that all ended without a word, is why they do. */
const MOST_ATTEMPTS = 3 * (sendEmail.attempts ?? 1)

export interface Adopted {
  entrusted: number
  failed: number
}

interface Orphan {
  id: string
  task_id: string | null
  /** What is known of its task. */
  became: Became | undefined
}

/**
 * Finds the mails that wait although their task has ended or is gone: it was revoked, lost its workers, or nobody knew
 * it as long as this plugin was off. Another task hands them over; those whose task somebody revoked have failed. A
 * mail whose task lives is left alone.
 */
export async function adopt(signal?: AbortSignal, quiet = QUIET_MS): Promise<Adopted> {
  const end = new Date(now().getTime() - quiet)
  const done: Adopted = { entrusted: 0, failed: 0 }
  for (let after = '0'; ;) {
    const part = await emailCrud.waitingSince(reader(), end, after, BATCH)
    for (const orphan of await orphansAmong(part, end)) {
      signal?.throwIfAborted()
      const became = await lookAfter(orphan)
      if (became) done[became] += 1
      if (done.entrusted + done.failed >= MOST) return done
    }
    const last = part.at(-1)
    if (!last || part.length < BATCH) return done
    after = last.id
  }
}

async function orphansAmong(mails: Omit<Orphan, 'became'>[], end: Date): Promise<Orphan[]> {
  const tasks = await becameOf(
    reader(),
    mails.flatMap(({ task_id }) => task_id ?? []),
  )
  return mails
    .map(({ id, task_id }) => ({ id, task_id, became: tasks.get(task_id ?? '') }))
    .filter(({ became }) => !became || (became.date_done !== null && became.date_done <= end))
}

/** @returns null where somebody else has looked after it meanwhile */
const lookAfter = ({ id, task_id, became }: Orphan): Promise<keyof Adopted | null> =>
  asSystem(systemCall(reader()), async (call) => {
    const mail = await emailCrud.lock(call.db, id)
    if (mail?.state !== 'pending' || mail.task_id !== task_id) return null
    const reason = reasonAgainst(mail.attempts, became)
    if (reason === null) await entrust(call, id)
    else await emailCrud.update(call.db, id, { state: 'failed', last_error: reason })
    return reason === null ? 'entrusted' : 'failed'
  })

/** Why a mail is not tried again; null where it is. */
function reasonAgainst(attempts: number, became: Became | undefined): string | null {
  if (became?.status === 'REVOKED') return `its task was ${became.error ?? 'revoked'}`
  return attempts < MOST_ATTEMPTS
    ? null
    : `given up after ${attempts} attempts: ${became?.error ?? 'no task'}`
}
