import { z } from 'zod'
import { choice, flag, group, integer, json, optional, secret, text, texts } from '../setting'
import { API_PATH } from './application'

const MIB = 1024 * 1024
const origin = z.string().refine((value) => value === '*' || (URL.canParse(value) && !value.endsWith('/')))

type Called = [method: string, path: string]

export const web = group('Web', {
  TRUSTED_PROXIES: integer({
    default: 0,
    max: 10,
    description:
      'How many proxies stand in front. With 0 the forwarding headers, which anybody can write, are ignored.',
  }),
  MIDDLEWARE_CORS: flag({
    default: true,
    description: 'Answer cross-origin requests of the allowed origins.',
  }),
  CORS_ALLOWED_ORIGINS: json('a list of origins', z.array(origin), {
    default: ['http://127.0.0.1', 'http://localhost:5173'],
    description: 'Origins whose pages may call the API, without a slash at the end.',
  }),
  CORS_EXPOSE_HEADERS: texts({
    default: ['X-Request-ID'],
    description: 'Answer headers such pages may read.',
  }),
  TRACE_ID_REQUEST_HEADER_KEY: text({
    default: 'X-Request-ID',
    description: 'Header with the request id, in and out.',
  }),
  REQUEST_LIMITER_REDIS_PREFIX: text({ default: 'fba:limiter', description: 'Redis keys of rate limits.' }),
  BODY_JSON_MAX: integer({ default: MIB, min: 1024, description: 'Longest JSON or form body, in bytes.' }),
  BODY_MAX_DEPTH: integer({ default: 32, min: 1, max: 1000, description: 'Deepest nesting of a JSON body.' }),
  BODY_MAX_ITEMS: integer({
    default: 10000,
    min: 1,
    description: 'Most values in a JSON body, all levels together.',
  }),
  UPLOAD_DIR: text({
    default: '',
    defaultText: '`DATA_DIR`/upload',
    example: './data/upload',
    description: 'Folder of uploaded files, served at `/static/upload`.',
  }),
  UPLOAD_STORE: text({
    default: 'disk',
    check: { test: (value) => /^[\w.-]{1,64}$/.test(value), message: 'must be the name of a file store' },
    description:
      'Where new uploads are kept: `disk`, which is UPLOAD_DIR, or a store that a plugin brings. What lies in UPLOAD_DIR stays served.',
  }),
  UPLOAD_IMAGE_EXT_INCLUDE: texts({
    default: ['jpg', 'jpeg', 'png', 'gif', 'webp'],
    description: 'Pictures that may be uploaded.',
  }),
  UPLOAD_IMAGE_SIZE_MAX: integer({ default: 5 * MIB, min: 1, description: 'Largest picture, in bytes.' }),
  UPLOAD_VIDEO_EXT_INCLUDE: texts({
    default: ['mp4', 'mov', 'avi', 'flv'],
    description: 'Videos that may be uploaded.',
  }),
  UPLOAD_VIDEO_SIZE_MAX: integer({ default: 20 * MIB, min: 1, description: 'Largest video, in bytes.' }),
  DEMO_MODE: flag({ default: false, description: 'Refuse every call that is not GET or OPTIONS.' }),
  DEMO_MODE_EXCLUDE: json<Called[]>('a list of [method, path]', z.array(z.tuple([z.string(), z.string()])), {
    // The last two keep nothing.
    default: [
      ['POST', `${API_PATH}/auth/login`],
      ['POST', `${API_PATH}/auth/logout`],
      ['GET', `${API_PATH}/auth/captcha`],
      ['POST', `${API_PATH}/auth/refresh`],
      ['POST', `${API_PATH}/schedulers/next`],
      ['POST', `${API_PATH}/schedulers/validate`],
    ],
    description:
      'Calls that DEMO_MODE allows all the same, each with exactly this path. The default follows FASTAPI_API_V1_PATH.',
  }),
  IP_LOCATION_PARSE: choice(['offline', 'false'], {
    default: 'offline',
    aliases: { online: 'offline', off: 'false', no: 'false', '0': 'false' },
    description:
      'Look up the place of an address in the table that comes with Steward, or not at all. `online` is read as `offline`: addresses of users are not sent to strangers.',
  }),
})

export const plugin = group('Plugins and tasks', {
  PLUGIN_REQUIRED: texts({
    default: ['dict'],
    description: 'Plugins that can be neither switched off nor removed.',
  }),
  PLUGIN_DIR: text({
    default: 'plugins',
    description: 'Folder with one folder for each plugin; a relative path begins at the project.',
  }),
  PLUGIN_GIT_HOSTS: texts({
    default: [],
    description:
      'Hosts inside the own network from which plugins may be installed with Git; public ones always may.',
  }),
  PLUGIN_NPM_REGISTRY: text({
    default: 'https://registry.npmjs.org',
    check: {
      test: (value) => URL.canParse(value) && /^https?:/.test(value),
      message: 'must be an address that begins with https:// or http://',
    },
    description:
      'Registry from which plugins are installed as npm packages; it may lie inside the own network.',
  }),
  PLUGIN_INSTALL_IN_PRODUCTION: flag({
    default: false,
    description:
      'Lets super users install, upgrade and remove plugins over HTTP in production too, each time after a fresh confirmation with password or second factor.',
  }),
  PLUGIN_SAFE_MODE: flag({
    default: false,
    description: 'Start without any plugin, to repair what one of them broke.',
  }),
  PLUGIN_LOAD_SECONDS: integer({
    default: 20,
    min: 1,
    max: 600,
    description: 'How long a plugin may take to start or to stop; then it is set aside.',
  }),
  PLUGIN_ANSWER_SECONDS: integer({
    default: 60,
    min: 1,
    max: 3600,
    description:
      'How long a plugin may take to answer a request or to hear of an event; then it is refused with 500.',
  }),
  PLUGIN_REDIS_PREFIX: text({ default: 'fba:plugin', description: 'Redis keys of plugins.' }),
  CELERY_BROKER_REDIS_DATABASE: integer({
    default: 1,
    max: 1023,
    description: 'Number of the Redis database of the queues.',
  }),
  CELERY_REDIS_PREFIX: text({ default: 'fba:celery', description: 'Redis keys of the scheduler.' }),
  CELERY_TASK_MAX_RETRIES: integer({
    default: 5,
    max: 1000,
    description: 'Retries of a task that says nothing else.',
  }),
  TASK_CONCURRENCY: integer({
    default: 10,
    min: 1,
    max: 1000,
    description: 'How many tasks of one queue a worker runs at once, where the tasks say nothing else.',
  }),
  TASK_QUEUES: texts({
    default: [],
    example: '["celery"]',
    description: 'The queues this worker takes tasks from; an empty list means all of them.',
  }),
  TASK_LOCK_SECONDS: integer({
    default: 15,
    min: 1,
    max: 600,
    description: 'After how long without a sign of life another worker takes over the tasks of a dead one.',
  }),
  TASK_SANDBOXES: integer({
    default: 2,
    min: 1,
    max: 64,
    description: 'Processes a worker keeps for tasks that run apart from it; started when first needed.',
  }),
  TASK_UNKNOWN_SECONDS: integer({
    default: 600,
    max: 86_400,
    description: 'How long a task that a worker does not know is left to other workers before it fails.',
  }),
  TASK_ALERT_LOOK_SECONDS: integer({
    default: 15,
    max: 3600,
    description: 'How often it is looked whether background work is well; 0 switches alerts off.',
  }),
  TASK_ALERT_QUEUE_LENGTH: integer({
    default: 10_000,
    description: 'An alert is raised when more tasks of one queue are not finished; 0 switches it off.',
  }),
  TASK_ALERT_FAILURES: integer({
    default: 100,
    max: 10_000,
    description: 'An alert is raised when more tasks failed within ten minutes; 0 switches it off.',
  }),
  TASK_ALERT_SCHEDULE_LATE_SECONDS: integer({
    default: 300,
    description: 'An alert is raised when a schedule is late by more than that; 0 switches it off.',
  }),
  TASK_RESULT_RETENTION_DAYS: integer({
    default: 1,
    max: 3650,
    description: 'How many days the results of finished tasks are kept; 0 keeps them for ever.',
  }),
  TASK_TICK_RETENTION_DAYS: integer({
    default: 30,
    max: 3650,
    description: 'How many days it is kept what came of every due time of a schedule; 0 keeps it for ever.',
  }),
})

export const observability = group('Metrics and tracing', {
  GRAFANA_METRICS_ENABLE: flag({
    default: false,
    prodDefault: true,
    description: 'Serve Prometheus metrics at `/metrics`.',
  }),
  METRICS_TOKEN: optional(
    secret(
      text({
        default: '',
        example: 'a-long-random-text',
        description: 'Bearer token for `/metrics`. Without it only clients on the same machine are answered.',
      }),
    ),
  ),
  METRICS_PORT: optional(
    integer({
      default: 9808,
      max: 65535,
      description:
        'Port at which a process without the role `web` serves `/metrics` and `/health`. Empty opens none; 0 lets the system choose a free one. With the role `web` they are at `PORT`.',
    }),
  ),
  METRICS_HOST: text({
    default: '127.0.0.1',
    description: 'Address of that port. Beyond this machine `/metrics` needs METRICS_TOKEN.',
  }),
  GRAFANA_OTLP_HTTP_ENDPOINT: optional(
    text({
      default: '',
      example: 'http://fba_alloy:4318',
      check: {
        test: (value) => URL.canParse(value) && /^https?:/.test(value),
        message: 'must be an http or https address',
      },
      description: 'Collector that receives traces (OTLP over HTTP). Empty switches tracing off.',
    }),
  ),
})
