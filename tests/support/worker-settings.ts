import { join } from 'node:path'
import { testDatabase, workerSchema } from './test-database'

/** Settings of the product for one Jest worker: a data folder, a Redis and a database of its own. */
export const workerSettings = (worker: number): Record<string, string> => ({
  NODE_ENV: 'test',
  ENVIRONMENT: 'dev',
  // The .env of whoever works here says nothing about tests.
  STEWARD_ENV_FILE: '',
  HOST: '127.0.0.1',
  PORT: '0',
  DATA_DIR: join(required('TEST_FOLDER'), `worker-${worker}`),
  LOG_STD_LEVEL: 'OFF',
  LOGIN_CAPTCHA_ENABLED: 'false',
  // Tests sign in more often than people do; those about the limits set their own.
  LOGIN_RATE_LIMIT: '0',
  CAPTCHA_RATE_LIMIT: '0',
  TOKEN_SECRET_KEY: 'a-token-key-that-is-only-good-for-tests-0123456789',
  REDIS_HOST: '127.0.0.1',
  REDIS_PORT: required('TEST_REDIS_PORTS').split(',')[worker - 1] ?? '',
  REDIS_PASSWORD: '',
  REDIS_DATABASE: '0',
  ...databaseSettings(worker),
})

function databaseSettings(worker: number): Record<string, string> {
  const kind = testDatabase()
  if (kind === 'sqlite') return { DATABASE_TYPE: 'sqlite' }
  return {
    DATABASE_TYPE: kind === 'mariadb' ? 'mysql' : 'postgresql',
    DATABASE_HOST: required('TEST_DATABASE_HOST'),
    DATABASE_PORT: required('TEST_DATABASE_PORT'),
    DATABASE_USER: required('TEST_DATABASE_USER'),
    DATABASE_PASSWORD: process.env.TEST_DATABASE_PASSWORD ?? '',
    DATABASE_SCHEMA: workerSchema(worker),
  }
}

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: is globalSetup missing in the Jest configuration?`)
  return value
}
