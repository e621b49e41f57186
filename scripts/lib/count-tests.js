/**
 * count-tests.js FILE STATUS: prints "passed failed" of a Jest result. Test files that could not be run count
 * as failures, and so does a run that ended badly without a failing test.
 */
const { readFileSync } = require('node:fs')

const [file, status] = process.argv.slice(2)
const text = readFileSync(file, 'utf8')
const result = text
  ? JSON.parse(text)
  : { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0 }
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites
process.stdout.write(`${result.numPassedTests} ${failed === 0 && status !== '0' ? 1 : failed}\n`)
