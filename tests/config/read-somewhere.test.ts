import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settings } from '../../src/config/settings'
import { projectRoot } from '../../src/utils/project-root'

/** Where settings are declared and checked, which changes nothing by itself. */
const DECLARES = /^src\/config\/(topic\/|settings\.ts|left-out\.ts)|^plugins\/[^/]+\/config\.ts/

const sources = ['src', 'plugins'].flatMap((room) =>
  readdirSync(join(projectRoot, room), { recursive: true, encoding: 'utf8' })
    .map((name) => `${room}/${name}`)
    .filter(
      (name) => /(?<!\.d)\.ts$/.test(name) && !/node_modules|\/tests\//.test(name) && !DECLARES.test(name),
    ),
)
const code = sources.map((name) => withoutComments(readFileSync(join(projectRoot, name), 'utf8'))).join('\n')

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}

const read = new Set(code.match(/\b[A-Z][A-Z0-9_]+\b/g))

it.each(Object.keys(settings))('the setting %s is read somewhere', (name) => {
  expect(read).toContain(name)
})
