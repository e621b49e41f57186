/** A port of this process alone: several runs may share a machine. To be imported before anything that reads settings. */
export const REGISTRY_PORT = 20_000 + (process.pid % 10_000)

process.env.PLUGIN_NPM_REGISTRY = `http://127.0.0.1:${REGISTRY_PORT}`
