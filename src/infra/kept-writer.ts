import type { Sequelize } from 'sequelize'

/** A connection of SQLite's driver; inside a transaction it carries the transaction's id. */
interface Connection {
  uuid?: string | undefined
  close(): void
}

interface Manager {
  connections: Record<string, Connection>
  getConnection(options: { uuid?: string }): Promise<Connection>
  releaseConnection(connection: Connection): void
  destroyConnection(connection: Connection): Promise<void>
}

/** Its name among Sequelize's connections, which are closed together with the database. */
const KEPT = 'writer'
/** The name of the one outside of transactions; Sequelize writes it into the options, which come again at a retry. */
const OUTSIDE = 'default'

/**
 * SQLite's writers take turns, so one connection does for all of them. Sequelize would open one for every transaction:
 * the file is opened, the schema read, and nothing is prepared or cached.
 */
export function keepWriter(db: Sequelize): void {
  const manager = db.connectionManager as unknown as Manager
  const open = manager.getConnection.bind(manager)
  const close = manager.releaseConnection.bind(manager)
  Object.assign(manager, {
    getConnection: (options: { uuid?: string }) => {
      const kept = manager.connections[KEPT]
      const { uuid = OUTSIDE } = options
      if (uuid === OUTSIDE || !kept) return open(options)
      delete manager.connections[KEPT]
      manager.connections[uuid] = kept
      return Promise.resolve(kept)
    },
    releaseConnection: (connection: Connection) => {
      if (connection.uuid === undefined || manager.connections[KEPT]) return close(connection)
      delete manager.connections[connection.uuid]
      manager.connections[KEPT] = connection
    },
    // Its transaction could neither be committed nor rolled back. Sequelize looks for it in a pool that SQLite has not.
    destroyConnection: (connection: Connection) => Promise.resolve(close(connection)),
  })
}
