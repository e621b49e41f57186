import type { Sequelize } from 'sequelize'

interface Validating {
  validate(connection: object): boolean
}

/**
 * Gives up pooled connections that are older than so many seconds when they are next asked for: firewalls and proxies
 * forget long-lived ones without a word, and after a failover the old ones lead to the wrong server.
 */
export function renewConnections(db: Sequelize, seconds: number): void {
  const opened = new WeakMap<object, number>()
  db.addHook('afterConnect', (connection: unknown) => {
    opened.set(connection as object, performance.now())
  })
  const manager = Reflect.get(db, 'connectionManager') as unknown as Validating
  const validate = manager.validate.bind(manager)
  manager.validate = (connection) => {
    const age = performance.now() - (opened.get(connection) ?? performance.now())
    return age < seconds * 1000 && validate(connection)
  }
}
