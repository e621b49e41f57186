/** Settings of a demonstration where departments may be made, and nobody logs in. */
Object.assign(process.env, { DEMO_MODE: 'true', DEMO_MODE_EXCLUDE: '[["post","/api/v1/sys/depts"]]' })
