const { ModuleMocker } = require('jest-mock')

/**
 * Tests run in the realm of Node itself, not in a context of their own as Jest's environments have it. So `instanceof`
 * means in tests what it means in production, and packages can be shared between test files (see `runtime.js`).
 * What a file changes in the realm is put back when it ends.
 */
class OneRealmEnvironment {
  constructor({ projectConfig }) {
    this.global = globalThis
    this.moduleMocker = new ModuleMocker(globalThis)
    this.fakeTimers = null
    this.fakeTimersModern = null
    this.conditions = projectConfig.testEnvironmentOptions.customExportConditions
    this.before = {
      env: { ...process.env },
      exit: process.exit,
      console: globalThis.console,
      globals: new Set(Reflect.ownKeys(globalThis)),
      listeners: new Map(process.eventNames().map((event) => [event, process.rawListeners(event)])),
    }
  }

  async setup() {
    // Jest asks for a hundred frames; Sequelize writes out a stack at each query on SQLite.
    Error.stackTraceLimit = 10
  }

  async teardown() {
    const { env, exit, console, globals } = this.before
    process.exit = exit
    globalThis.console = console
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
    Object.assign(process.env, env)
    for (const key of Reflect.ownKeys(globalThis))
      if (!globals.has(key)) Reflect.deleteProperty(globalThis, key)
    this.#dropListeners()
    for (const builtIn of [Object, Array, Function, String])
      if (Object.keys(builtIn.prototype).length > 0)
        throw new Error(`a test changed ${builtIn.name}.prototype`)
  }

  #dropListeners() {
    for (const event of process.eventNames()) {
      const known = this.before.listeners.get(event) ?? []
      for (const listener of process.rawListeners(event))
        if (!known.includes(listener)) process.removeListener(event, listener)
    }
  }

  exportConditions() {
    return this.conditions
  }

  /** Not used by `runtime.js`; Jest only asks whether there is one. */
  getVmContext() {
    return this.global
  }
}

module.exports = OneRealmEnvironment
