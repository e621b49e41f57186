process.env.PLUGIN_LOAD_SECONDS = '2'
export {}
