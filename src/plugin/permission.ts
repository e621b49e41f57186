import { env } from '../config/env'

/** Whether plugins may be put in and taken out over HTTP. */
export const mayInstall = (): boolean => env.ENVIRONMENT === 'dev' || env.PLUGIN_INSTALL_IN_PRODUCTION

/** In development the console does it without asking; where it is refused anyway, nobody is asked in vain. */
export const asksToConfirm = (): boolean => env.ENVIRONMENT !== 'dev' && mayInstall()
