import { now, setClock } from '../../src/infra/clock'

/**
 * The clock of the application stands still at a moment, for every test that follows in this block. Tasks and
 * schedules read the same clock: what is due later waits until it is moved on.
 * @param moment ISO 8601
 */
export function useClock(moment: string): { goOn(seconds: number): void } {
  beforeEach(() => setClock(new Date(moment)))
  afterEach(() => setClock())
  return { goOn: (seconds) => setClock(new Date(now().getTime() + seconds * 1000)) }
}
