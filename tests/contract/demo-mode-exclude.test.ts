import './demo-mode-exclude-env'
import { signInAdmin, stranger, useApp } from '#testing'

useApp()

describe('in demo mode with a list of one call', () => {
  it('that call works', async () => {
    expect(await (await signInAdmin()).post('/sys/depts', { name: 'Shown', sort: 1, status: 1 })).toSucceed()
  })

  it('the same path with another method, a longer path and what the usual list allows are refused', async () => {
    const anybody = stranger()

    expect(await anybody.delete('/sys/depts/1')).toFail(403, 'request.demo_mode')
    expect(await anybody.put('/sys/depts/1', {})).toFail(403, 'request.demo_mode')
    expect(await anybody.post('/auth/login', {})).toFail(403, 'request.demo_mode')
  })
})
