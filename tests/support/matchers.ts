import { t } from '../../src/infra/i18n'
import type { Answer } from './client'

declare global {
  namespace jest {
    interface Matchers<R> {
      /** HTTP 200 and code 200. */
      toSucceed(): R
      /** HTTP status, envelope code (the same unless given) and the zh-CN words of the key. */
      toFail(status: number, key: string, params?: Record<string, string | number>, code?: number): R
    }
  }
}

const show = (answer: Answer) => `${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`

expect.extend({
  toSucceed(answer: Answer) {
    const pass = answer.status === 200 && answer.code === 200
    return { pass, message: () => `expected ${pass ? 'no ' : ''}success, got ${show(answer)}` }
  },
  toFail(answer: Answer, status: number, key: string, params = {}, code = status) {
    const words = t('zh-CN', key, params)
    const pass = answer.status === status && answer.code === code && answer.msg.startsWith(words)
    return { pass, message: () => `expected ${status} (code ${code}) "${words}", got ${show(answer)}` }
  },
})
