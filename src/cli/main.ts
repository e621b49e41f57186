import { createProgram } from './program'
import { report } from './failure'

/** Runs one command. The process ends by itself once the command has closed what it opened. */
export async function main(words: string[]): Promise<void> {
  process.stdout.on('error', endQuietly)
  try {
    await createProgram().parseAsync(withSqlCommand(words), { from: 'user' })
  } catch (error) {
    process.exitCode = await report(error)
  }
}

/** The reader of a pipe may leave early, as `head` does. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}

/** `steward --sql FILE` is `steward sql FILE`. */
function withSqlCommand([first = '', ...rest]: string[]): string[] {
  if (first === '--sql') return ['sql', ...rest]
  if (first.startsWith('--sql=')) return ['sql', first.slice('--sql='.length), ...rest]
  return first === '' ? rest : [first, ...rest]
}

if (require.main === module) void main(process.argv.slice(2))
