import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from '../support/client'
import { freshHome } from '../support/database-server'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { write } from './support/made'

jest.setTimeout(120_000)

const INDEX = `import { data, module, route, z } from '#core'
import { word } from './word'
const ask = route({ method: 'get', path: '/edited', title: 'Ask', access: 'public', reply: data(z.string()),
  handle: () => word })
export default module({ name: 'edited', routes: [ask] })
`

it('in development a file of a plugin that is saved acts without a restart; one with a mistake acts when it is corrected', async () => {
  const home = await freshHome()
  const PLUGIN_DIR = path.join(String(home.DATA_DIR), 'plugins')
  const folder = write(PLUGIN_DIR, 'edited', { 'index.ts': INDEX })
  const save = (text: string) => writeFileSync(path.join(folder, 'word.ts'), text)
  save("export const word: string = 'one'\n")
  const settings = { ...home, PLUGIN_DIR, PLUGIN_REQUIRED: '[]', ENVIRONMENT: 'dev', ROLES: 'web' }
  const server = await StewardProcess.start(settings)
  try {
    const client = new Client(server.address)
    const answers = (word: string) => async () => (await client.get('/edited')).data === word
    await until('it answers', answers('one'))

    save("export const word: string = 'two'\n")
    await until('it answers as saved', answers('two'))

    save('export const word: string = {{{')
    await until('it is set aside', async () => (await client.get('/edited')).status === 404)

    save("export const word: string = 'three'\n")
    await until('it answers as corrected', answers('three'))
  } finally {
    await server.stop()
  }
})
