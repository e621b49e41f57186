import { PLUGIN_DIR, plans } from './support/created'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { modules } from '../../src/app/modules'
import { checkPlugin } from '../../src/plugin/check'
import { checkCode } from '../support/checked-code'

jest.setTimeout(300_000)

afterAll(() => rmSync(PLUGIN_DIR, { recursive: true, force: true }))

describe('plugins that were created for any tables', () => {
  it('have nothing that formatter, linter and compiler complain about', async () => {
    expect(await checkCode([PLUGIN_DIR])).toEqual([])
  })

  it.each(plans)('pass the strict check: $name', async ({ name }) => {
    expect(await checkPlugin(path.join(PLUGIN_DIR, name), modules)).toEqual([])
  })
})
