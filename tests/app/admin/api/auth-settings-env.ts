/** Settings that differ from those of the other tests; to be imported before anything that reads settings. */
Object.assign(process.env, {
  LOGIN_CAPTCHA_ENABLED: 'true',
  LOGIN_RATE_LIMIT: '5',
  CAPTCHA_RATE_LIMIT: '5',
  COOKIE_SECURE: 'true',
  TOKEN_REFRESH_GRACE_SECONDS: '0',
  USER_LOCK_THRESHOLD: '0',
  USER_PASSWORD_EXPIRY_DAYS: '0',
  // Each test comes from an address of its own, and so has windows of its own.
  TRUSTED_PROXIES: '1',
})
