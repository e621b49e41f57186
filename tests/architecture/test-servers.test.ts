import { once } from 'node:events'
import { connect } from 'node:net'
import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

const { DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD, DATABASE_SCHEMA } = process.env
const address = {
  host: DATABASE_HOST,
  port: Number(DATABASE_PORT),
  user: DATABASE_USER,
  password: DATABASE_PASSWORD,
  database: DATABASE_SCHEMA,
}
const ask: Record<string, () => Promise<unknown>> = {
  sqlite: () => Promise.resolve(process.env.DATABASE_HOST ?? 'no server'),
  mysql: async () => {
    const connection = await createConnection(address)
    const [rows] = await connection.query('SELECT DATABASE() AS name')
    await connection.end()
    return (rows as { name: string }[])[0]?.name
  },
  postgresql: async () => {
    const client = new Client(address)
    await client.connect()
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name')
    await client.end()
    return rows[0]?.name
  },
}

describe('the servers of a test run', () => {
  it('give every Jest worker a real Redis', async () => {
    const redis = new Redis({ host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT) })

    const server = await redis.info('server')
    await redis.quit()

    expect(server).toContain('process_id')
  })

  it('give every Jest worker a database of its own, of the kind that was asked for', async () => {
    const answer = await ask[process.env.DATABASE_TYPE ?? '']?.()

    expect(answer).toBe(DATABASE_SCHEMA ?? 'no server')
  })

  it('let nobody out of this machine', async () => {
    const socket = connect({ host: '192.0.2.1', port: 80 })

    const [error] = (await once(socket, 'error').catch((cause: unknown) => [cause])) as [Error]

    expect(error.message).toBe('Tests may not reach the network: 192.0.2.1')
  })
})
