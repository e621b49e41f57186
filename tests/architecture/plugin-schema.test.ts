import { readFileSync } from 'node:fs'
import path from 'node:path'
import { manifestSchemaText } from '../../src/plugin/manifest'

it('the published schema of plugin.json is current (npm run plugin-schema writes it)', () => {
  const published = readFileSync(path.resolve(__dirname, '../../static/plugin.schema.json'), 'utf8')

  expect(JSON.parse(published)).toEqual(JSON.parse(manifestSchemaText()))
})
