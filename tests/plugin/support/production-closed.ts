/** Production as it is unless somebody opens it. To be imported before anything that reads settings. */
process.env.ENVIRONMENT = 'prod'
export {}
