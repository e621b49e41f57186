import { healthCheck } from '../../src/core/health'
import { closeRedis } from '../../src/infra/redis'
import { app, baseUrl, useApp } from '#testing'
import { openTestRedis } from '../support/redis'

useApp()

const ask = async (name: string) => {
  const answer = await fetch(`${baseUrl()}/health/${name}`)
  return { status: answer.status, ...((await answer.json()) as { data: unknown; trace_id?: string }) }
}

it('a process that answers is alive', async () => {
  expect(await ask('live')).toMatchObject({ status: 200, data: { is_alive: true } })
})

it('a process whose parts all work is ready', async () => {
  expect(await ask('ready')).toMatchObject({
    status: 200,
    data: { is_ready: true, parts: { database: true, redis: true, migrations: true, ids: true } },
  })
})

it('pending migrations are not ready', async () => {
  const check = healthCheck({
    isStopping: () => false,
    pendingMigrations: () => Promise.resolve(['core/next']),
  })

  expect(await check()).toMatchObject({ is_ready: false, parts: { migrations: false, database: true } })
})

it('many questions at once are one look', async () => {
  let looks = 0
  const check = healthCheck({
    isStopping: () => false,
    pendingMigrations: () => Promise.resolve((looks++, [])),
  })

  await Promise.all([check(), check(), check()])

  expect(looks).toBe(1)
})

it('a process that stops is not ready from the first moment', async () => {
  let isStopping = false
  const check = healthCheck({ isStopping: () => isStopping, pendingMigrations: () => Promise.resolve([]) })
  expect((await check()).is_ready).toBe(true)

  isStopping = true

  expect(await check()).toMatchObject({ is_ready: false, is_stopping: true })
})

it('without Redis it is not ready, says so, and tells nobody why', async () => {
  expect(app().server?.listening).toBe(true)
  await closeRedis()
  const check = healthCheck({ isStopping: () => false, pendingMigrations: () => Promise.resolve([]) })

  expect(await check()).toEqual({
    is_ready: false,
    is_stopping: false,
    parts: { database: true, redis: false, migrations: true, ids: true },
  })
  await openTestRedis()
})
