import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { failed, misused } from './outcome'

/** Whether somebody sits at a terminal. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true

/** Questions need somebody at a terminal. @throws a sentence that names the option for machines */
export function needTerminal(option: string): void {
  if (!canAsk()) throw misused(`This asks before it acts, and there is no terminal to ask at. ${option}`)
}

/** Asks `y/n`, where n is the answer of somebody who only presses enter. */
export async function agrees(question: string): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `)
  return /^y(es)?$/i.test(answer.trim())
}

/**
 * Comes back when the work may be done: with `--yes`, or after a yes.
 * @throws when there is nobody to ask, or the answer was no
 */
export async function confirm(question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return
  needTerminal('Add --yes if you mean it.')
  if (!(await agrees(question))) throw failed('Nothing was changed.')
}

/** Asks for a text; just enter takes the default. */
export async function askText(what: string, standard: string): Promise<string> {
  const answer = await ask(standard ? `${what} (${standard}): ` : `${what}: `)
  return answer.trim() || standard
}

/** Asks for one of a few words until it is one of them. */
export async function askChoice<T extends string>(
  what: string,
  words: readonly T[],
  standard: T,
): Promise<T> {
  for (;;) {
    const answer = await askText(`${what}: ${words.join(', ')}`, standard)
    const found = words.find((word) => word === answer.toLowerCase())
    if (found !== undefined) return found
  }
}

/** Asks without showing what is typed. */
export const askSecret = (what: string): Promise<string> => ask(`${what}: `, true)

async function ask(question: string, hidden = false): Promise<string> {
  if (hidden) process.stdout.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stdout,
    terminal: true,
  })
  // Ctrl-C and a closed terminal are a no to everything.
  const stopped = new Promise<never>((_, reject) => {
    terminal.once('SIGINT', () => reject(failed('\nNothing was changed.')))
    terminal.once('close', () => reject(failed('\nNothing was changed.')))
  })
  try {
    return await Promise.race([terminal.question(hidden ? '' : question), stopped])
  } finally {
    terminal.close()
    if (hidden) process.stdout.write('\n')
  }
}
