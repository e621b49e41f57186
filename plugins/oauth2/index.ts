import { declareLive, listens, module, signInProviders } from '#core'
import { bindingRoutes } from './api/binding'
import { signInRoutes } from './api/sign-in'
import { settings } from './config'
import { UserSocial } from './model/user-social'
import { unbindAll } from './service/binding'
import { ways } from './service/departure'

/** Sign-in with accounts of other services, and their binding to users. */
export default module({
  name: 'oauth2',
  routes: [...bindingRoutes, ...signInRoutes],
  models: [UserSocial],
  listeners: [listens('user.deleting', (call, { user_id }) => unbindAll(call, user_id))],
  extensions: [signInProviders.filledBy({ name: 'oauth2', ways })],
  settings,
  start: () => {
    const takeBack = declareLive(settings.settings)
    return Promise.resolve(() => Promise.resolve(takeBack()))
  },
})
