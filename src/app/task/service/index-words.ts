import { maskArguments, maskTask, wordsOf, type AcceptedTask, type Db, type Failure } from '#core'
import { termCrud } from '../crud/term'
import { sentenceOf } from './columns'

/** Words of one task that are kept for the search; the first ones tell most. */
const MOST_WORDS = 48
/** Characters of a payload that are looked through. */
const MOST_CHARACTERS = 8192

/** Rows of the words by which a task is found: those of its payload, never of a secret in it. */
export function payloadWords({ id, name, args, kwargs }: AcceptedTask): { id: string; term: string }[] {
  const texts = textsIn([maskArguments(name, args), maskTask(name, kwargs)])
  return firstWords(texts.join(' ')).map((term) => ({ id, term }))
}

export interface FailedTask {
  id: string
  failure: Failure
}

/** Makes failed tasks be found by the words of their errors too. */
export async function indexErrors(db: Db, failed: FailedTask[]): Promise<void> {
  const rows = failed.flatMap(({ id, failure }) =>
    firstWords(sentenceOf(failure.error)).map((term) => ({ id, term })),
  )
  await termCrud.add(db, rows)
}

const firstWords = (text: string) => [...wordsOf(text.slice(0, MOST_CHARACTERS))].slice(0, MOST_WORDS)

/** All texts and numbers at any depth; keys are the same in every payload and would only make it longer. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
