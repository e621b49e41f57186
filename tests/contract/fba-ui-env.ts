/** Settings as they come with an installation; to be imported before anything that reads settings. */
Object.assign(process.env, { LOGIN_CAPTCHA_ENABLED: 'true' })
