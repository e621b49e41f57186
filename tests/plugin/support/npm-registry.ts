/** A registry of this Jest worker. To be imported before anything that reads settings. */
export const REGISTRY_PORT = 18_700 + Number(process.env.JEST_WORKER_ID ?? 1)

process.env.PLUGIN_NPM_REGISTRY = `http://127.0.0.1:${REGISTRY_PORT}`
