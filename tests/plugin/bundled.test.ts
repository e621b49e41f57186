import { app, useApp } from '#testing'

useApp({ plugins: 'all' })

it('the plugins that come with Steward work together', () => {
  const working = app()
    .plugins.list()
    .filter((plugin) => plugin.state === 'on')
    .map((plugin) => plugin.name)

  expect(working).toEqual(expect.arrayContaining(['config', 'dict', 'email', 'notice', 'oauth2']))
})
