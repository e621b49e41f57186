/** Import it first: the application of the test runs a Redis of its own, which a test may kill; it is started again. */
delete process.env.REDIS_HOST
delete process.env.REDIS_PORT
