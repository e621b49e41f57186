/** The databases the suite can run on; chosen by TEST_DATABASE. */
export type TestDatabase = 'sqlite' | 'mariadb' | 'postgresql'

export function testDatabase(): TestDatabase {
  const name = process.env.TEST_DATABASE ?? 'sqlite'
  if (name === 'sqlite' || name === 'mariadb' || name === 'postgresql') return name
  throw new Error(`TEST_DATABASE is "${name}"; it can be sqlite, mariadb or postgresql`)
}

/** Name of the database that belongs to a Jest worker. */
export const workerSchema = (worker: number | string) => `steward_test_${worker}`
