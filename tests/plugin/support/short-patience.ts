process.env.PLUGIN_LOAD_SECONDS = '8'
export {}
