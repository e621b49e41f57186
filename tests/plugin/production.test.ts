import './support/production'
import './support/plugin-dir'
import { answering, form, zipOf } from './support/made'
import { PASSWORD, signInAdmin, stranger, useApp } from '#testing'

useApp({ plugins: 'all' })

jest.setTimeout(120_000)

const path = '/api/v1/auth/confirmation'

describe('in production a plugin', () => {
  it('is installed and removed after a fresh confirmation only', async () => {
    const admin = await signInAdmin()
    const install = async () =>
      admin.post('/sys/plugins?type=zip', form(await zipOf('shop', { 'index.ts': answering('shop') })))
    expect(await install()).toFail(403, 'confirmation.needed', { path })

    await admin.post('/auth/confirmation', { password: PASSWORD })

    expect(await install()).toSucceed()
    expect((await stranger().get('/made/shop')).data).toBe('shop')
    expect(await (await signInAdmin()).delete('/sys/plugins/shop')).toFail(403, 'confirmation.needed', {
      path,
    })
    expect(await admin.delete('/sys/plugins/shop')).toSucceed()
  })
})
