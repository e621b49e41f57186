/** The test kit: what a module's or plugin's tests need. */
import './matchers'

export { app, baseUrl, stranger, useApp } from './app'
export { Client, type Answer } from './client'
export { useClock } from './clock'
export * from './factories'
export { useMails, type CaughtMail } from './mails'
