/** Import it first: the application of the test serves requests and runs no tasks. */
process.env.ROLES = 'web'
