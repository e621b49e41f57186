import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

jest.setTimeout(60_000)

it('scripts/steward works from any folder, and files are meant from there', () => {
  const folder = mkdtempSync(join(process.env.TEST_FOLDER ?? '', 'elsewhere-'))
  const env = { ...process.env }
  execFileSync(resolve('scripts/steward'), ['config', 'example', '--out', 'settings.txt'], {
    cwd: folder,
    env,
  })

  expect(readFileSync(join(folder, 'settings.txt'), 'utf8')).toBe(readFileSync('.env.example', 'utf8'))
})
