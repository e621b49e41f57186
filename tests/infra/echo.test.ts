import { spawnSync } from 'node:child_process'
import { processCommand } from '../support/steward-command'
import { testDatabase } from '../support/test-database'

/** What a process with the usual level of its log writes about its statements. */
function logged(DATABASE_ECHO: string): string {
  const env = { ...process.env, LOG_STD_LEVEL: 'INFO', LOG_FORMAT: 'json', DATABASE_ECHO }
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    processCommand('tests/infra/echo-process.ts'),
    {
      env,
      encoding: 'utf8',
    },
  )
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

const isSqlite = testDatabase() === 'sqlite'

describe('DATABASE_ECHO', () => {
  it('true shows every statement without the values that are bound to it', () => {
    const lines = logged('true')

    expect(lines).toContain('AS first')
    if (isSqlite) expect(lines).toContain('AS second')
    expect(lines).not.toMatch(/beetroot|parsnip/)
  })

  it('debug shows the bound values too', () => {
    const lines = logged('debug')

    expect(lines).toContain('beetroot')
    if (isSqlite) expect(lines).toContain('parsnip')
  })

  it('false shows nothing', () => {
    expect(logged('false')).not.toContain('SELECT')
  })
})
