import { logger } from '../infra/logger'
import { complain, say } from '../utils/printer'
import { isTaken } from './guard'
import type { Lifecycle } from './lifecycle'

const FAULTS = ['uncaughtException', 'unhandledRejection'] as const

/**
 * SIGTERM and Ctrl-C stop everything in order and end the process with 0; a fault nobody caught does the same with 1.
 * A second Ctrl-C ends it at once, and so does the time limit.
 * @param seconds how long stopping may take
 */
export function stopOnSignals(lifecycle: Lifecycle, seconds: number): void {
  let code = 0
  const leave = () => {
    setTimeout(() => {
      complain(
        `Steward did not come to an end within ${seconds} s (SHUTDOWN_TIMEOUT_SECONDS): ending it now.`,
      )
      process.exit(1)
    }, seconds * 1000)
    void lifecycle.stop().then(() => process.exit(code))
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (lifecycle.isStopping) return signal === 'SIGINT' ? process.exit(130) : undefined
    say('Stopping: what is under way is finished first. Ctrl-C ends it at once.')
    leave()
  }
  // A console on a full disk, or whose reader went away: see `infra/logger.ts`, which writes past these two.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  for (const fault of FAULTS) {
    process.on(fault, (err: unknown) => {
      if (lifecycle.isStopping && fault === 'unhandledRejection') {
        // A library's own command was under way when its connection was closed for good: nobody waits for it.
        logger.error('a command was cut off by the stop', { err })
        return
      }
      if (isTaken(err)) return
      logger.fatal(`${fault}: a fault that nobody caught, stopping`, { err })
      code = 1
      if (!lifecycle.isStopping) leave()
    })
  }
}
