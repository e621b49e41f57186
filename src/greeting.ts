import fs from 'node:fs/promises'
import path from 'node:path'
import { env } from './config/env'

/** What the entries of the data folder are, for people; the first that fits. */
const MEANINGS: [RegExp, string][] = [
  [/\.(db|sqlite)$/, 'the database'],
  [/key/, 'keys that sign and encrypt; keep a copy in a safe place'],
  [/^redis$/, 'sessions, caches and queues (private Redis)'],
  [/^log$/, 'log files'],
  [/^upload$/, 'uploaded files'],
]

/** Notes what is in a folder now. @returns a function that lists what has come since, with what it is */
export async function whatIsNew(folder: string): Promise<() => Promise<string[]>> {
  const list = () => fs.readdir(folder).catch(() => [])
  const before = new Set(await list())
  return async () => {
    const added = (await list()).filter((name) => !before.has(name))
    return added.flatMap((name) => {
      const meaning = MEANINGS.find(([pattern]) => pattern.test(name))?.[1]
      return meaning ? [`${path.join(folder, name)}: ${meaning}`] : []
    })
  }
}

export interface Greeting {
  made: string[]
  firstUser: { username: string; password: string | null } | null
  /** Null where this process serves nothing. */
  port: number | null
  /** Where it serves its figures instead. */
  metricsPort: number | null
}

/** The words a start ends with: what was made, who may sign in, where to go, how to stop. */
export function greeting({ made, firstUser, port, metricsPort }: Greeting): string {
  const lines = [
    ...madeLines(made),
    ...userLines(firstUser),
    ...(port === null ? roleLines(metricsPort) : placeLines(port)),
  ]
  return ['', ...lines, 'To stop it: Ctrl-C.', ''].join('\n')
}

const madeLines = (made: string[]) =>
  made.length === 0 ? [] : ['Made on this first start:', ...made.map((line) => `  ${line}`), '']

function userLines(user: Greeting['firstUser']): string[] {
  if (!user) return []
  if (user.password === null)
    return [`First super user: ${user.username}, with the password from ADMIN_PASSWORD.`, '']
  return [
    'First super user (this password is shown only now):',
    `  user name: ${user.username}`,
    `  password:  ${user.password}`,
    '',
  ]
}

function roleLines(metricsPort: number | null): string[] {
  const running = `Steward is running as ${env.ROLES.join(', ')}`
  if (metricsPort === null) return [`${running}; this process serves no addresses.`]
  const address = `http://${shownHost(env.METRICS_HOST)}:${metricsPort}`
  return [`${running}.`, `  figures:   ${address}/metrics`, `  health:    ${address}/health/ready`]
}

function placeLines(port: number): string[] {
  const roles = env.ROLES.join(', ')
  const address = env.PUBLIC_URL ?? `http://${shownHost(env.HOST)}:${port}`
  const docs = env.FASTAPI_OPENAPI_URL === null ? [] : [`  API page:  ${address}${env.FASTAPI_DOCS_URL}`]
  return [`Steward is running (${roles}).`, `  address:   ${address}/`, ...docs]
}

/** Addresses that mean "everywhere" cannot be opened in a browser. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
