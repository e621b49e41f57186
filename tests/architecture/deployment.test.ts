import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { settings } from '../../src/config/settings'

interface Service {
  image: string
  env_file?: string
  environment?: Record<string, string>
  healthcheck?: { test: string[] }
  ports?: string[]
  networks: string[]
  stop_grace_period?: string
}

const read = (name: string) => readFileSync(join(__dirname, '../..', name), 'utf8')
const dockerfile = read('Dockerfile')
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const services = Object.entries(compose.services)
const roles = ['web', 'worker', 'scheduler']

describe('the image', () => {
  it('is built from pinned versions', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1])

    expect(bases).not.toHaveLength(0)
    for (const base of bases) expect(base).toMatch(/:\d+\.\d+\.\d+/)
  })

  it('does not run as root, and tells when it is not well', () => {
    expect(dockerfile).toMatch(/^USER node$/m)
    expect(dockerfile).toMatch(/^HEALTHCHECK /m)
  })

  it('starts the server without a shell in between, so that SIGTERM arrives', () => {
    expect(dockerfile).toMatch(/^ENTRYPOINT \["tini", "--"\]$/m)
    expect(dockerfile).toMatch(/^CMD \["node", .*"dist\/src\/main\.js"\]$/m)
  })

  it('is not sent what it must not contain', () => {
    const [first, ...patterns] = read('.dockerignore').trim().split('\n')

    expect(first).toBe('*')
    expect(patterns).toContain('**/.env*')
    expect(patterns).not.toContain('!data')
  })
})

describe('the compose file', () => {
  it('runs every role apart', () => {
    const found = roles.map((role) => compose.services[role]?.environment?.ROLES)

    expect(found).toEqual(roles)
  })

  it.each(services)('pins the image of %s to one version', (_name, service) => {
    expect(service.image).toMatch(/:(\$\{STEWARD_VERSION:-)?\d+\.\d+\.\d+/)
  })

  it.each(roles)('gives %s only settings that exist', (role) => {
    const unknown = Object.keys(compose.services[role]?.environment ?? {}).filter(
      (name) => !(name in settings),
    )

    expect(unknown).toEqual([])
  })

  it.each(roles)('gives %s everything else that stands in .env', (role) => {
    expect(compose.services[role]?.env_file).toBe('.env')
  })

  it.each(roles)('lets .env change nothing of %s that the image and its check rely on', (role) => {
    const [, fixed = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile) ?? []
    const names = [...fixed.matchAll(/(\w+)=/g)].flatMap(([, name]) => name ?? [])
    const ours = names.filter((name) => name in settings)

    expect(ours).toContain('HOST')
    expect(Object.keys(compose.services[role]?.environment ?? {})).toEqual(expect.arrayContaining(ours))
  })

  it.each(services)('contains no secret of %s', (_name, service) => {
    const secrets = Object.entries(service.environment ?? {}).filter(([name]) =>
      /PASSWORD$|SECRET|AUTH/.test(name),
    )

    const given = secrets.filter(
      ([name, value]) => !/^\$\{\w+:\?.+\}$/.test(value) && name !== 'MYSQL_RANDOM_ROOT_PASSWORD',
    )

    expect(given).toEqual([])
  })

  it('is reachable from this machine only, and through nginx only', () => {
    const open = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))

    expect(open).toHaveLength(1)
    expect(open[0]).toMatch(/^nginx 127\.0\.0\.1:/)
  })

  it('keeps the database and Redis to itself', () => {
    expect(compose.services.mysql?.networks).toEqual(['inside'])
    expect(compose.services.redis?.networks).toEqual(['inside'])
  })

  it.each(['worker', 'scheduler'])('lets the check of the image ask %s', (role) => {
    expect(compose.services[role]?.environment?.METRICS_PORT).toMatch(/^\d+$/)
    expect(compose.services[role]?.healthcheck).toBeUndefined()
  })

  it.each(['mysql', 'redis', 'nginx'])('asks %s whether it is well', (name) => {
    expect(compose.services[name]?.healthcheck?.test).toBeDefined()
  })

  it.each(roles)('lets %s finish before it is killed', (role) => {
    const seconds = parseInt(compose.services[role]?.stop_grace_period ?? '0', 10)

    expect(seconds).toBeGreaterThan(Number(settings.SHUTDOWN_TIMEOUT_SECONDS.example))
  })
})

describe('nginx', () => {
  const conf = read('scripts/docker/nginx.conf')

  it('lets web sockets through', () => {
    const [, socket = ''] = conf.split('location /ws/')

    expect(socket).toContain('proxy_set_header Upgrade $http_upgrade;')
    expect(socket).toContain('proxy_set_header Connection $connection_header;')
  })

  it('does not believe a client about its own address', () => {
    expect(conf).toContain('proxy_set_header X-Forwarded-For $remote_addr;')
    expect(conf).not.toContain('$proxy_add_x_forwarded_for')
  })

  it('can be told who ends TLS in front of it', () => {
    expect(conf).toMatch(
      /^ +# set_real_ip_from \S+;\n +# real_ip_header X-Forwarded-For;\n +# real_ip_recursive on;$/m,
    )
  })

  it('sends again only what changes nothing', () => {
    const [, first = ''] = /location \/ \{\n([^]*?)\n {4}\}/.exec(conf) ?? []
    const [, once = ''] = /location @once \{\n([^]*?)\n {4}\}/.exec(conf) ?? []

    expect(first).toMatch(/if \(\$request_method !~ \^\(GET\|HEAD\|OPTIONS\)\$\) \{\s+return 418;\s+\}/)
    expect(first).toContain('error_page 418 = @once;')
    expect(once).toContain('proxy_next_upstream off;')
    expect(once).toContain('proxy_pass $web;')
  })

  it.each(['/metrics', '/metrics/', '/METRICS'])('keeps %s to the inside', (path) => {
    const [, pattern = ''] = /location ~\* (\S+) \{\s+return 404;/.exec(conf) ?? []

    expect(path).toMatch(new RegExp(pattern, 'i'))
    expect('/metricsx').not.toMatch(new RegExp(pattern, 'i'))
  })

  it('takes uploads as large as the product does', () => {
    expect(conf).toContain('client_max_body_size 25m;')
  })
})
