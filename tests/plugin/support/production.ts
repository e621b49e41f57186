/** Production, where plugins may be installed. To be imported before anything that reads settings. */
Object.assign(process.env, { ENVIRONMENT: 'prod', PLUGIN_INSTALL_IN_PRODUCTION: 'true' })
