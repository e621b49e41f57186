import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Module } from '../../src/core/module'
import { ending } from '../support/tasks'
import { signIn, useApp } from '#testing'

const page = readFileSync(path.resolve(__dirname, '../../docs/tasks.md'), 'utf8')
const example = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''

/** The example has to lie inside the project for `#core` to be found. */
function loadExample(): Module {
  const folder = mkdtempSync(path.join(__dirname, 'tasks-example-'))
  try {
    writeFileSync(path.join(folder, 'report.ts'), example)
    return jest.requireActual<{ default: Module }>(path.join(folder, 'report.ts')).default
  } finally {
    rmSync(folder, { recursive: true })
  }
}

useApp(loadExample())

async function askFor(report: object) {
  const author = await signIn({ can: ['report:add'] })
  const answer = await author.post('/reports', report)
  expect(answer).toSucceed()
  return ending((answer.data as { task_id: string }).task_id)
}

describe('the example of the page about tasks', () => {
  it('makes a report, with progress and log', async () => {
    const row = await askFor({ month: '2026-01', copies: 2 })

    expect(row).toMatchObject({ status: 'SUCCESS', progress: 100 })
    expect(row.log).toMatch(/copy 1 for .*\n.*copy 2 for /)
    expect(row.result).toContain('2026-01')
  })

  it('gives up without another attempt', async () => {
    expect(await askFor({ month: '2101-01' })).toMatchObject({ status: 'FAILURE', retries: 0 })
  })

  it('refuses a payload that does not fit', async () => {
    const author = await signIn({ can: ['report:add'] })

    expect((await author.post('/reports', { month: 'May' })).status).toBe(422)
  })
})
