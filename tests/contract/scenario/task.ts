import { randomUUID } from 'node:crypto'
import { resultCrud } from '../../../src/app/task/crud/result'
import { reader } from '../../../src/infra/database'
import { buildSchedule } from '../../support/schedules'
import { unique } from '#testing'
import { NOBODY, type Elsewhere, type Provocation, type Scenarios } from './turn'

/** A task that is quick and does nothing here. */
const TASK = 'task.purge-ticks'

const schedule = (values: object = {}) => ({
  ...{ name: unique('schedule'), task: TASK, args: '[]', kwargs: '{}', queue: 'celery' },
  ...{ exchange: 'an exchange', routing_key: 'a key', remark: 'a remark', one_off: false },
  ...{ start_time: '2035-01-01T00:00:00.000Z', expire_time: null, expire_seconds: 60 },
  ...{ type: 1, interval_every: 1, interval_period: 'days', crontab: '0 4 * * *' },
  ...values,
})

const stored = (values: object = {}) =>
  buildSchedule({ task: TASK, crontab: '0 4 * * *', args: '[]', remark: 'a remark', ...values })

const pkOf = ({ id }: { id: string }) => ({ path: { pk: id } })

/** The result of a task that has ended. */
const result = () =>
  resultCrud.create(reader(), {
    ...{
      task_id: randomUUID(),
      name: `contract.${unique('task')}`,
      status: 'SUCCESS',
      date_done: new Date(),
    },
    ...{ result: '{"a":1}', args: '["a"]', kwargs: '{"b":2}', worker: 'celery@somewhere', retries: 0 },
    ...{ queue: 'celery' },
  })

const noWorker: Elsewhere = { elsewhere: 'tests/app/task/api.test.ts', key: 'task.no_worker' }
/** In development the answer says which field breaks which rule; the walk expects no data. */
const badCrontab: Elsewhere = { elsewhere: 'tests/app/task/schedule/api.test.ts', key: "400, 'crontab'" }
const missing: Provocation = { prepare: () => ({ path: { pk: NOBODY } }) }

const MEANINGFUL = ['task', 'args', 'kwargs', 'queue', 'crontab', 'interval_period']

export const taskScenarios: Scenarios = {
  'GET /tasks/registered': { prepare: () => ({}), errors: { 'E500-no-worker': noWorker } },
  'DELETE /tasks/{task_id}/cancel': {
    prepare: () => ({ path: { task_id: randomUUID() } }),
    errors: { 'E500-no-worker': noWorker },
  },
}

export const resultScenarios: Scenarios = {
  'GET /task-results/{pk}': {
    prepare: async () => pkOf(await result()),
    errors: { 'E404-result': missing },
  },
  'GET /task-results': {
    prepare: async () => {
      const { name, task_id } = await result()
      return { query: { name: name ?? '', task_id } }
    },
  },
  'DELETE /task-results': { prepare: async () => ({ body: { pks: [(await result()).id] } }) },
}

export const scheduleScenarios: Scenarios = {
  'GET /schedulers/all': {
    prepare: async () => {
      await stored()
      return {}
    },
  },
  'GET /schedulers/{pk}': {
    prepare: async () => pkOf(await stored()),
    errors: { 'E404-schedule': missing },
  },
  'GET /schedulers': {
    prepare: async () => ({ query: { name: (await stored()).name, type: '1' } }),
  },
  'POST /schedulers': {
    prepare: () => ({ body: schedule() }),
    meaningful: MEANINGFUL,
    errors: {
      'E409-name': { prepare: async () => ({ body: schedule({ name: (await stored()).name }) }) },
      'E409-expiries': { prepare: () => ({ body: schedule({ expire_time: '2036-01-01T00:00:00.000Z' }) }) },
      'E400-crontab': badCrontab,
    },
  },
  'PUT /schedulers/{pk}': {
    prepare: async () => ({ ...pkOf(await stored()), body: schedule() }),
    meaningful: MEANINGFUL,
    errors: {
      'E404-schedule': { prepare: () => ({ path: { pk: NOBODY }, body: schedule() }) },
      'E409-name': {
        prepare: async () => ({ ...pkOf(await stored()), body: schedule({ name: (await stored()).name }) }),
      },
      'E409-expiries': {
        prepare: async () => ({
          ...pkOf(await stored({ expire_time: new Date('2036-01-01T00:00:00Z') })),
          body: { name: unique('schedule'), task: TASK, type: 1, expire_seconds: 60 },
        }),
      },
      'E400-crontab': badCrontab,
    },
  },
  'PUT /schedulers/{pk}/status': {
    prepare: async () => pkOf(await stored()),
    errors: { 'E404-schedule': missing },
  },
  'DELETE /schedulers/{pk}': {
    prepare: async () => pkOf(await stored()),
    errors: { 'E404-schedule': missing },
  },
  'POST /schedulers/{pk}/execute': {
    prepare: async () => pkOf(await stored()),
    errors: {
      'E500-no-worker': noWorker,
      'E404-schedule': missing,
      'E400-args': { prepare: async () => pkOf(await stored({ args: '[1' })) },
    },
  },
}
