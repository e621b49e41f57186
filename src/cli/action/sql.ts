import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileFromCaller } from '../../config/environment'
import type { Call } from '../../core/call'
import { database, dialect } from '../../infra/database'
import { refusalOf, statementsOf, type Statement } from '../../infra/sql-script'
import { reasonOfDatabase } from '../../infra/database-facts'
import { withoutStatementLimit } from '../../infra/statement-limit'
import { say } from '../../utils/printer'
import { withSteward } from '../opened'
import { failed } from '../outcome'
import { count, sayJson } from '../output'
import { asOperation } from '../recorded'

const NOTHING_KEPT = 'Nothing was kept.'

export async function runFile(file: string, { json }: { json?: boolean }): Promise<void> {
  const script = await readScript(file)
  await withSteward(async () => {
    const statements = readStatements(script)
    const noted = { file: basename(file), statements: statements.length }
    await withoutStatementLimit(() => asOperation('sql', noted, (call) => runAll(call, statements)))
    if (json) sayJson({ file, statements: statements.length })
    else say(`Ran ${count(statements.length, 'statement')} of ${file}.`)
  })
}

async function readScript(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(fileFromCaller(file)))
  } catch (error) {
    throw failed(
      `${file} cannot be read as UTF-8 text: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** Everything is looked at before anything runs. */
function readStatements(script: string): Statement[] {
  const statements = parse(script)
  const refusals = statements.flatMap((statement) => refusalOf(statement) ?? [])
  if (refusals.length > 0) throw failed([...refusals.slice(0, 20), NOTHING_KEPT].join('\n'))
  return statements
}

function parse(script: string): Statement[] {
  try {
    return statementsOf(script, dialect())
  } catch (error) {
    throw failed(`${error instanceof Error ? error.message : String(error)} ${NOTHING_KEPT}`)
  }
}

const PROGRESS_EVERY = 1000

async function runAll({ db }: Call, statements: Statement[]): Promise<void> {
  for (const [at, { sql, line }] of statements.entries()) {
    try {
      await database().query(sql, { ...db })
    } catch (error) {
      throw new Error(`Line ${line}: ${reasonOfDatabase(error)} ${NOTHING_KEPT}`, { cause: error })
    }
    if ((at + 1) % PROGRESS_EVERY === 0 && process.stderr.isTTY)
      process.stderr.write(`${at + 1} of ${statements.length}\n`)
  }
}
