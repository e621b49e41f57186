const { compileFunction } = require('node:vm')
const { default: Runtime } = require('jest-runtime')

/** Compiled files by their names; a function may run once per test file, each time with fresh module objects. */
const compiled = new Map()

/**
 * Jest's runtime, with what test files of one worker may share done once: packages are loaded by Node itself, and
 * files of the project are compiled once and run afresh for each test file. Half of the time of a short test file
 * went into this.
 */
class SharingRuntime extends Runtime {
  constructor(...options) {
    super(...options)
    const { executor } = this
    executor.compile = (source, filename) => {
      const known = compiled.get(filename)
      if (known?.source === source) return known.run
      const run = compileFunction(source, executor.injectedModuleParameters, { filename })
      compiled.set(filename, { source, run })
      return run
    }
  }

  requireModuleOrMock(from, name) {
    // Imports of Jest's own are different for each test file.
    if (name !== '@jest/globals' && !this._resolution.isCoreModule(name)) {
      const path = this._resolution.resolveCjs(from, name)
      if (path.includes('/node_modules/')) return require(path)
    }
    return super.requireModuleOrMock(from, name)
  }
}

module.exports = SharingRuntime
