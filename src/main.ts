import { complain } from './utils/printer'
import { explainFailure } from './start-failure'

/**
 * Runs Steward until it is told to stop; the process ends with 0, or with 1 when it could not start or failed.
 * Everything is loaded in here, so that a wrong setting, which is noticed while loading, is explained like the rest.
 */
export async function main(): Promise<void> {
  try {
    const { runServer } = await import('./run-server.js')
    await runServer()
  } catch (error) {
    complain(explainFailure(error))
    process.exit(1)
  }
}

if (require.main === module) void main()
