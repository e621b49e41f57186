import fc, { runs } from '../../support/property'
import { hasWords, initWords, t } from '../../../src/infra/i18n'
import { parseCron } from '../../../src/utils/cron/cron'
import { TimeRuleFault } from '../../../src/utils/cron/fault'

const faultOf = (text: string) => {
  try {
    parseCron(text)
  } catch (err) {
    if (err instanceof TimeRuleFault) return err
    throw err
  }
  return null
}

describe('a field', () => {
  it.each([
    ['*/20', [0, 20, 40]],
    ['7', [7]],
    ['05', [5]],
    ['3-6', [3, 4, 5, 6]],
    ['10-30/10', [10, 20, 30]],
    ['58-1', [0, 1, 58, 59]],
    ['57-3/2', [1, 3, 57, 59]],
    ['30,10,10-12', [10, 11, 12, 30]],
    ['*/90', [0]],
    ['1-5-7', [1, 2, 3, 4, 5]],
    ['*/25-7', [0, 25, 50]],
    ['2-4/2-9', [2, 4]],
    ['2-4?', [2, 3, 4]],
    ['4-4', [4]],
  ])('%s names the minutes %j', (minute, minutes) => {
    expect(parseCron(`${minute} * * * *`).minutes).toEqual(minutes)
  })

  it('knows months and days of the week by their first three letters', () => {
    const cron = parseCron('0 0 * november-FEB,jul sun,Friday-monday')

    expect(cron.months).toEqual([1, 2, 7, 11, 12])
    expect(cron.daysOfWeek).toEqual([0, 1, 5, 6])
  })

  it('knows ranges that wrap in each place', () => {
    const cron = parseCron('50-5 22-2 30-2 11-2 5-1')

    expect(cron.minutes).toHaveLength(16)
    expect(cron.hours).toEqual([0, 1, 2, 22, 23])
    expect(cron.daysOfMonth).toEqual([1, 2, 30, 31])
    expect(cron.months).toEqual([1, 2, 11, 12])
    expect(cron.daysOfWeek).toEqual([0, 1, 5, 6])
  })
})

describe('refused is', () => {
  it.each([
    ['', 'cron.five_fields', undefined],
    ['* * * *', 'cron.five_fields', undefined],
    ['* * * * * *', 'cron.five_fields', undefined],
    ['*  * * * *', 'cron.five_fields', undefined],
    [' * * * * *', 'cron.five_fields', undefined],
    ['* * * * * ', 'cron.five_fields', undefined],
    ['* * * *\t*', 'cron.five_fields', undefined],
    ['* * * * */2\n', 'cron.five_fields', undefined],
    [`${'1,'.repeat(30)}1 * * * *`, 'cron.too_long', undefined],
    ['1,,2 * * * *', 'cron.empty_item', 'minute'],
    ['60 * * * *', 'cron.out_of_range', 'minute'],
    ['* 24 * * *', 'cron.out_of_range', 'hour'],
    ['* * 0 * *', 'cron.out_of_range', 'day_of_month'],
    ['* * * 13 *', 'cron.out_of_range', 'month'],
    ['* * * * 7', 'cron.out_of_range', 'day_of_week'],
    ['* * * * 5-7', 'cron.out_of_range', 'day_of_week'],
    ['99999999999999999999 * * * *', 'cron.out_of_range', 'minute'],
    ['*/0 * * * *', 'cron.step', 'minute'],
    ['*/ * * * *', 'cron.step', 'minute'],
    ['*/-2 * * * *', 'cron.step', 'minute'],
    ['1-5/x * * * *', 'cron.step', 'minute'],
    ['* 3/2 * * *', 'cron.step_alone', 'hour'],
    ['-1 * * * *', 'cron.not_understood', 'minute'],
    ['? * * * *', 'cron.not_understood', 'minute'],
    ['*5 * * * *', 'cron.not_understood', 'minute'],
    ['mon * * * *', 'cron.not_understood', 'minute'],
    ['* * L * *', 'cron.not_understood', 'day_of_month'],
    ['* * 15W * *', 'cron.not_understood', 'day_of_month'],
    ['* * * mo *', 'cron.not_understood', 'month'],
    ['* * * * mon!', 'cron.not_understood', 'day_of_week'],
    ['0 0 31 2 *', 'cron.no_such_date', undefined],
    ['0 0 30-31 2 *', 'cron.no_such_date', undefined],
    ['0 0 31 4,6,sep *', 'cron.no_such_date', undefined],
  ])('%j: %s', (text, key, field) => {
    expect(faultOf(text)).toMatchObject({ key, ...(field ? { params: { field } } : {}) })
  })

  it.each(['0 0 29 2 1', '0 0 31 * *', '0 0 31 4,5 *', '0 0 31-1 2 *'])('not %j, which comes', (text) => {
    expect(faultOf(text)).toBeNull()
  })

  it('anything else, in time and with words in both languages', () => {
    initWords()
    const noise = fc.string({ unit: fc.constantFrom(...'0159*/-,? LWmonsu$t({}_é'), maxLength: 70 })
    const field = fc.string({ unit: fc.constantFrom(...'0159*/-,?mon'), minLength: 1, maxLength: 9 })
    const five = fc.tuple(field, field, field, field, field).map((fields) => fields.join(' '))
    fc.assert(
      fc.property(fc.oneof(noise, five), (text) => {
        const fault = faultOf(text)
        if (fault) for (const language of ['zh-CN', 'en-US']) expect(hasWords(language, fault.key)).toBe(true)
      }),
      { numRuns: runs(500) },
    )
  })
})

it('the words name field, fault and what is allowed', () => {
  const { key, params } = faultOf('0 0 * * mon-7') ?? new TimeRuleFault('none')

  expect(t('en-US', key, params)).toBe('In the crontab, the day of week mon-7 lies outside of 0-6, sun-sat')
  expect(t('zh-CN', key, params)).toContain('星期')
})
