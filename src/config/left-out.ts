/**
 * Settings of the ancestor that are not here, with the reason: part of the reference, so that nobody looks for them, and
 * told to whoever brings his `.env` along. `*` stands for the rest of a name.
 */
export const LEFT_OUT: readonly [names: string, reason: string][] = [
  ['DATABASE_PK_MODE', 'ids are always Snowflake numbers; `autoincrement` is refused with an explanation'],
  ['SNOWFLAKE_ENABLED', 'the generator always runs'],
  ['DATABASE_POOL_ECHO', 'the pool of this platform has no such log; connections are counted in `/metrics`'],
  ['CACHE_PUBSUB_MAX_RECONNECT_ATTEMPTS', 'Steward tries for ever'],
  ['TOKEN_REQUEST_PATH_EXCLUDE, TOKEN_REQUEST_PATH_EXCLUDE_PATTERN', 'every route declares who may call it'],
  ['WS_NO_AUTH_MARKER', 'a word that opens every socket is a back door'],
  ['DATETIME_FORMAT', 'the format is part of the wire contract: `YYYY-MM-DD HH:mm:ss`'],
  ['UPLOAD_READ_SIZE', 'uploads are streamed'],
  ['IP_LOCATION_PARSE=online', 'is read as `offline`'],
  [
    'IP_LOCATION_REDIS_PREFIX, IP_LOCATION_EXPIRE_SECONDS',
    'places are found in a table in memory, and need no cache',
  ],
  ['JWT_USER_REDIS_PREFIX', 'users are kept in the memory of each process, and none in Redis'],
  ['LOG_FORMAT as a pattern', 'is `pretty` or `json` here; pretty lines keep the order of the pattern'],
  ['PLUGIN_PIP_CHINA, PLUGIN_PIP_INDEX_URL, PLUGIN_PIP_MAX_RETRY', 'about the package installer of Python'],
  ['CELERY_BROKER, CELERY_RABBITMQ_*', 'queues always live in Redis'],
  ['GRAFANA_OTLP_GRPC_ENDPOINT', 'traces go over HTTP: `GRAFANA_OTLP_HTTP_ENDPOINT`'],
  ['OAUTH2_*, EMAIL_*, CODE_GENERATOR_*', 'declared by the plugins they belong to'],
]

/** Why a setting of the ancestor is not here; null when it is none of them. */
export function leftOutBecause(name: string): string | null {
  const fits = (one: string) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one)
  const row = LEFT_OUT.find(([names]) => names.split(', ').some(fits))
  return row === undefined ? null : row[1].replaceAll('`', '')
}
