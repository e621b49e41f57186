/** Import it first, before anything that reads the settings: what routes declare depends on these. */
for (const name of ['LOGIN_RATE_LIMIT', 'CAPTCHA_RATE_LIMIT', 'LOGIN_CAPTCHA_ENABLED'])
  delete process.env[name]
