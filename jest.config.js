/**
 * What never asks a database, or is about processes, files and words and not about what a database does; the suite has
 * proved it on SQLite when it comes to the other two.
 */
const WITHOUT_DATABASE = [
  'tests/(utils|common|config)/',
  'tests/architecture/(deployment|install|locales|lock-file|openapi|plugin-schema|plugins-page|scripts|words)\\.test',
  'tests/app/task/sandbox-process\\.test',
  'tests/cli/(describe|new-lines|plugin-create|task-words|usage)\\.test',
  'tests/core/(read-body|web-server)\\.test',
  'tests/infra/(cache|epoch|i18n|ids|intake|location|logger|read-together|redis.*|turns)\\.test',
  'tests/plugin/(crash-loop|created-code|git|hostile-at-work|npm)\\.test',
  'tests/security/(captcha|one-time-code|password|rate-limit|secret-box|session|token|totp)\\.test',
  'tests/start-and-stop\\.test',
]
const isOther = ['mariadb', 'postgresql'].includes(process.env.TEST_DATABASE)

/** One suite; the database is chosen by TEST_DATABASE (sqlite, mariadb, postgresql). */
module.exports = {
  testEnvironment: '<rootDir>/tests/support/jest/environment.js',
  runtime: '<rootDir>/tests/support/jest/runtime.js',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'require', 'default'] },
  roots: ['<rootDir>/tests', '<rootDir>/plugins'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(isOther ? WITHOUT_DATABASE : [])],
  // Plugins of tests may lie outside of the project.
  moduleNameMapper: {
    '^#core$': '<rootDir>/src/core/index.ts',
    '^#testing$': '<rootDir>/tests/support/index.ts',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', require('./swc.json')] },
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  setupFiles: ['<rootDir>/tests/support/setup-env.ts'],
  testTimeout: 30000,
  randomize: true,
  // Whatever packages keep of test files that are over; a new worker costs two seconds.
  workerIdleMemoryLimit: '600MB',
}
