/** Repositories may lie on this machine. To be imported before anything that reads settings. */
process.env.PLUGIN_GIT_HOSTS = '["127.0.0.1"]'
export {}
