import '../support/usual-limits'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { openapiText } from '../../src/openapi-file'

it('the committed API document is current (npm run openapi writes it)', async () => {
  const committed = readFileSync(path.resolve(__dirname, '../../static/openapi.json'), 'utf8')

  expect(JSON.parse(committed)).toEqual(JSON.parse(await openapiText()))
})
