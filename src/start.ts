import type http from 'node:http'
import { createApp, createPages } from './app'
import {
  boardView,
  currentUser,
  ensureFirstUser,
  identify,
  modules,
  record,
  startScheduler,
  startSweeping,
} from './app/modules'
import { boot, coreMigrations } from './boot'
import { env } from './config/env'
import { useGuard } from './core/guard'
import { healthCheck } from './core/health'
import { Lifecycle } from './core/lifecycle'
import { registerHiddenPlugins } from './core/hidden-page'
import type { Module } from './core/module'
import { prepareUploadFolder } from './core/read-body'
import { openSender, openSockets } from './core/socket-server'
import { openWebServer, type WebServer } from './core/web-server'
import { startWorker, type Worker } from './core/worker'
import { registerHold, registerModules } from './core/working-modules'
import { closeProducers } from './infra/queue'
import { pendingMigrations } from './infra/migrator'
import { toAppError } from './middleware/error'
import { figures, site } from './pages/site'
import { PluginGuard } from './plugin/guard'
import { LivePlugins, useLivePlugins } from './plugin/live'
import { Plugins } from './plugin/plugins'
import { keepRecovering } from './plugin/service/recover'
import { holdPlugin } from './plugin/wanted'
import { tryPort } from './utils/port'

export interface Running {
  lifecycle: Lifecycle
  plugins: Plugins
  /** The first super user, when this start made one. The password is there only when it was generated. */
  firstUser: { username: string; password: string | null } | null
  /** Null in a process without the role `web`. */
  server: http.Server | null
  port: number
  /** Of the figures of a process without the role `web`, where METRICS_PORT asks for them. */
  metricsPort: number | null
}

export interface StartOptions {
  /** Modules beside those of the core, in code. */
  modules?: Module[]
  /** Folders of plugins, below PLUGIN_DIR or anywhere; all of PLUGIN_DIR unless given. */
  plugins?: string[]
}

/** Starts the roles named in ROLES; what it opened is closed by `lifecycle.stop()`. */
export async function start(options: StartOptions = {}, lifecycle = new Lifecycle()): Promise<Running> {
  const core = [...modules, ...(options.modules ?? [])]
  const plugins = new Plugins(core)
  const live = new LivePlugins(plugins, options.plugins)
  try {
    registerModules(
      () => plugins.working(),
      () => plugins.mounted(),
    )
    registerHold(holdPlugin)
    registerHiddenPlugins(() => plugins.notWorking())
    // Asked first: whoever starts a second time by mistake is told that, and nothing is begun.
    if (env.ROLES.includes('web')) await tryPort(env.PORT, env.HOST)
    await boot(lifecycle, core)
    const guard = new PluginGuard(plugins, (error) => toAppError(error).key === 'server.error')
    lifecycle.onStop('guard', useGuard(guard))
    lifecycle.onStop('guard of what is shared', guard.keepAlive())
    lifecycle.onStop('plugins', () => plugins.stop())
    lifecycle.onStop('plugins of this process', useLivePlugins(live))
    lifecycle.onStop('look for plugins', await live.start())
    lifecycle.onStop('what was left of plugins', await keepRecovering())
    const firstUser = await ensureFirstUser()
    const isWeb = env.ROLES.includes('web')
    const metricsPort = isWeb ? null : await stayAlive(lifecycle)
    const worker = await startBackground(lifecycle)
    if (worker) plugins.onChange(() => void worker.follow())
    const web = isWeb ? await startWeb(plugins, lifecycle) : null
    // Stopped first: no new task is begun while the last requests are answered.
    if (worker) lifecycle.onStop('taking of tasks', () => worker.pause())
    const server = web?.server ?? null
    return { lifecycle, plugins, firstUser, server, port: web?.port ?? 0, metricsPort }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

/** Of the time for stopping, this is kept for what comes after the web server: queues, Redis, the database. */
const SECONDS_FOR_THE_REST = 5

async function startWeb(plugins: Plugins, lifecycle: Lifecycle): Promise<WebServer> {
  await prepareUploadFolder()
  const health = await healthOf(lifecycle)
  const board = { currentUser, view: boardView }
  const pages = site({ modules: () => plugins.working(), health, board })
  const gate = (module: string) => plugins.gate(module)
  const exchange = (module: string) => plugins.exchanged(module)
  const { koa, routes } = createApp({ modules: plugins.mounted(), identify, record, gate, exchange, pages })
  plugins.onChange(() => routes.replace(plugins.mounted()))
  const answer = koa.callback()
  const web = await openWebServer((req, res) => void answer(req, res), { host: env.HOST, port: env.PORT })
  const whole = env.SHUTDOWN_TIMEOUT_SECONDS
  lifecycle.onStop('open connections', () => web.cut())
  const sockets = await openSockets(web.server, { modules: () => plugins.working(), identify, currentUser })
  const drain = async () => {
    const drained = web.drain()
    await sockets.stop()
    await drained
  }
  lifecycle.onStop('web server', drain, Math.max(whole - SECONDS_FOR_THE_REST, whole / 2))
  return web
}

/** What runs behind the web server, and is stopped after it. */
async function startBackground(lifecycle: Lifecycle): Promise<Worker | null> {
  lifecycle.onStop('queues', closeProducers)
  const isWorker = env.ROLES.includes('worker')
  if (isWorker || env.ROLES.includes('scheduler')) lifecycle.onStop('outbox', startSweeping())
  if (env.ROLES.includes('scheduler')) lifecycle.onStop('scheduler', startScheduler())
  return isWorker ? startWorker(lifecycle, { currentUser }) : null
}

async function healthOf(lifecycle: Lifecycle) {
  const migrations = await coreMigrations()
  return healthCheck({
    isStopping: () => lifecycle.isStopping,
    pendingMigrations: () => pendingMigrations(migrations),
  })
}

/** Without a listening server nothing else is sure to keep the process from ending. @returns the port of its figures */
async function stayAlive(lifecycle: Lifecycle): Promise<number | null> {
  lifecycle.onStop('socket events', await openSender())
  const timer = setInterval(() => {}, 60_000)
  lifecycle.onStop('roles without a server', () => clearInterval(timer))
  return env.METRICS_PORT === null ? null : serveFigures(lifecycle, env.METRICS_PORT)
}

/** Stopped after the tasks: until then it says that the process is about to end. */
async function serveFigures(lifecycle: Lifecycle, port: number): Promise<number> {
  const answer = createPages(figures(await healthOf(lifecycle))).callback()
  const place = { host: env.METRICS_HOST, port }
  const web = await openWebServer((req, res) => void answer(req, res), place).catch((error: Error) => {
    throw new Error(`METRICS_PORT cannot be opened: ${error.message}`, { cause: error })
  })
  lifecycle.onStop('figures', () => {
    web.cut()
    return web.drain()
  })
  return web.port
}
