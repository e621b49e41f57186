/** Ends with 0 when this container is ready to work; what is not ready is printed, for `docker inspect`. */
const { PORT, METRICS_PORT, ROLES = 'web' } = process.env
const port = ROLES.includes('web') ? PORT || 8000 : METRICS_PORT
const address = `http://127.0.0.1:${port}/health/ready`

fetch(address, { signal: AbortSignal.timeout(4000) })
  .then(async (answer) => {
    process.stdout.write(`${answer.status} ${await answer.text()}\n`)
    process.exitCode = answer.ok ? 0 : 1
  })
  .catch((error) => {
    process.stdout.write(`${address}: ${error.cause?.message ?? error.message}\n`)
    process.exitCode = 1
  })
