import type { Sequelize } from 'sequelize'

/** What the drivers' connections have in common. */
interface Connection {
  /** mysql2 */
  stream?: Cuttable
  /** pg */
  connection?: { stream: Cuttable }
  query: Send
  execute?: Send
}

type Send = (...args: unknown[]) => unknown
type Done = (...answer: unknown[]) => void

interface Cuttable {
  destroy(error: Error): void
}

let unlimited = 0

/** Statements sent while this work runs may take as long as they need: changes of tables, scripts of an operator. */
export async function withoutStatementLimit<T>(work: () => Promise<T>): Promise<T> {
  unlimited += 1
  try {
    return await work()
  } finally {
    unlimited -= 1
  }
}

/**
 * Cuts a connection on which a statement got no answer for so long: a server that is frozen or cut off says nothing,
 * and whoever waits for it would wait for ever. Both drivers then fail the statement like on any lost connection.
 */
export function limitStatements(db: Sequelize, seconds: number): void {
  db.addHook('afterConnect', (opened: unknown) => {
    const connection = opened as Connection
    const cut = () => {
      const error = Object.assign(new Error(`no answer within ${seconds} s`), { code: 'ETIMEDOUT' })
      ;(connection.stream ?? connection.connection?.stream)?.destroy(error)
    }
    const limited =
      (send: Send): Send =>
      (...args) => {
        const done = args.at(-1)
        if (unlimited > 0 || typeof done !== 'function') return send.apply(connection, args)
        const timer = setTimeout(cut, seconds * 1000)
        const answered: Done = (...answer) => {
          clearTimeout(timer)
          ;(done as Done)(...answer)
        }
        return send.apply(connection, [...args.slice(0, -1), answered])
      }
    connection.query = limited(connection.query)
    if (connection.execute) connection.execute = limited(connection.execute)
  })
}
