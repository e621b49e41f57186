/** One suite; the database is chosen by TEST_DATABASE (sqlite, mariadb, postgresql). */
module.exports = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'require', 'default'] },
  roots: ['<rootDir>/tests', '<rootDir>/plugins'],
  testMatch: ['**/*.test.ts'],
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
}
