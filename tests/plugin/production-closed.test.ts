import './support/production-closed'
import './support/plugin-dir'
import { form, zipOf } from './support/made'
import { signInAdmin, useApp } from '#testing'

useApp({ plugins: 'all' })

jest.setTimeout(120_000)

it('in production a plugin is neither installed nor removed unless a setting allows it, which is named', async () => {
  const admin = await signInAdmin()

  const answer = await admin.post('/sys/plugins?type=zip', form(await zipOf('shop')))

  expect(answer).toFail(400, 'plugin.install_dev_only')
  expect(answer.msg).toContain('PLUGIN_INSTALL_IN_PRODUCTION')
  expect(await admin.delete('/sys/plugins/shop')).toFail(400, 'plugin.uninstall_dev_only')
})
