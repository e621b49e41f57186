import { readCron, requireInterval } from '../../src/core/time-rule'
import { AppError } from '../../src/common/errors'

const answerTo = (read: () => unknown) => {
  try {
    read()
  } catch (err) {
    if (err instanceof AppError) return { status: err.status, key: err.key, params: err.params }
  }
  return null
}

it('what is wrong with a rule of an operator is answered with 400', () => {
  expect(answerTo(() => readCron('0 25 * * *'))).toEqual({
    status: 400,
    key: 'cron.out_of_range',
    params: { field: 'hour', part: '25', allowed: '0-23' },
  })
  expect(answerTo(() => requireInterval({ every: 0, period: 'days' }))).toMatchObject({ status: 400 })
})

it('what is right comes back taken apart', () => {
  expect(readCron('0 12 * * *').hours).toEqual([12])
})
