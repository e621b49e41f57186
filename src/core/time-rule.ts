import { badRequest } from '../common/errors'
import { parseCron, type Cron } from '../utils/cron/cron'
import { TimeRuleFault } from '../utils/cron/fault'
import { checkInterval, type Interval } from '../utils/cron/interval'

/** A crontab of an operator, taken apart. @throws 400 that says which field breaks which rule */
export const readCron = (text: string): Cron => asAnswer(() => parseCron(text))

/** @throws 400 unless the interval is a whole number of a known period, from a second to a hundred years */
export const requireInterval = (interval: Interval): void => asAnswer(() => checkInterval(interval))

function asAnswer<T>(read: () => T): T {
  try {
    return read()
  } catch (err) {
    if (err instanceof TimeRuleFault) throw badRequest(err.key, err.params)
    throw err
  }
}
