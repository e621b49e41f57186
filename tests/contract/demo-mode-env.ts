/** Settings of a demonstration; to be imported before anything that reads settings. */
Object.assign(process.env, { DEMO_MODE: 'true' })
