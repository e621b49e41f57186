import { flag, group, integer, optional, secret, text } from '../setting'

const REDIS_URL =
  /^(rediss?:\/\/\S+|unix:\/\/\/\S+|rediss?\+sentinel:\/\/[^/\s]+\/\S+|rediss?\+cluster:\/\/[^/\s]+\/?)$/

const pemFile = (example: string, description: string) =>
  optional(text({ default: '', example, description }))

export const redis = group('Redis and cache', {
  REDIS_HOST: optional(
    text({
      default: '',
      example: '127.0.0.1',
      description:
        'Redis server. Without it and without `REDIS_URL`, Steward starts a private one and keeps its data in `DATA_DIR`.',
    }),
  ),
  REDIS_URL: optional(
    secret(
      text({
        default: '',
        example: 'rediss://:password@redis.example.com:6380/0',
        check: {
          test: (value) => REDIS_URL.test(value),
          message:
            'must start with redis://, rediss://, unix:///, redis+sentinel:// (with /master-name at the end) or redis+cluster://',
        },
        description:
          'Redis as an address, instead of host, port, password and database: `redis://`, `rediss://` (TLS), `unix:///run/redis.sock`, `redis+sentinel://host:26379,host2:26379/mymaster/0`, `redis+cluster://host:6379,host2:6379`; the last two with TLS as `rediss+sentinel` and `rediss+cluster`.',
      }),
    ),
  ),
  REDIS_PORT: integer({ default: 6379, min: 1, max: 65535, description: 'Port of the Redis server.' }),
  REDIS_PASSWORD: optional(
    secret(text({ default: '', example: 'a-long-password', description: 'Password of the Redis server.' })),
  ),
  REDIS_DATABASE: integer({ default: 0, max: 1023, description: 'Number of the Redis database.' }),
  REDIS_TLS_CA: pemFile(
    '/etc/steward/redis-ca.pem',
    'File with the certificate (PEM) of the authority that signed that of Redis, for `rediss://` with a certificate of your own. Those the system knows are accepted anyway.',
  ),
  REDIS_TLS_CERT: pemFile(
    '/etc/steward/redis-client.pem',
    'File with the certificate (PEM) that is shown to a Redis that asks for one (`tls-auth-clients`); needs `REDIS_TLS_KEY`.',
  ),
  REDIS_TLS_KEY: pemFile('/etc/steward/redis-client.key', 'File with the key (PEM) of `REDIS_TLS_CERT`.'),
  REDIS_TIMEOUT: integer({
    default: 5,
    min: 1,
    max: 300,
    description:
      'Seconds to wait for a connection or an answer. Does not apply to the blocking connections of workers.',
  }),
  CACHE_LOCAL_ENABLED: flag({
    default: true,
    description: 'Keep a cache inside each process, above the one in Redis.',
  }),
  CACHE_LOCAL_MAXSIZE: integer({
    default: 100000,
    min: 1,
    description: 'Entries of the cache inside a process.',
  }),
  CACHE_LOCAL_TTL: integer({
    default: 7200,
    min: 1,
    description: 'Seconds an entry lives inside a process.',
  }),
  CACHE_REDIS_TTL: integer({
    default: 7200,
    description: 'Seconds an entry lives in Redis; 0 keeps it until it is dropped.',
  }),
  CACHE_CONFIG_REDIS_PREFIX: text({
    default: 'fba:cache:config',
    description: 'Redis keys of cached configuration.',
  }),
  CACHE_DICT_REDIS_PREFIX: text({
    default: 'fba:cache:dict',
    description: 'Redis keys of cached dictionaries.',
  }),
  CACHE_PUBSUB_CHANNEL: text({
    default: 'fba:cache:invalidate',
    description: 'Channel on which processes tell each other what to drop.',
  }),
  CACHE_PUBSUB_RECONNECT_DELAY: integer({
    default: 5,
    min: 1,
    max: 300,
    description:
      'Longest pause in seconds between two attempts to reach Redis again; there is no last attempt.',
  }),
})
