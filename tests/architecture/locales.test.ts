import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../src/utils/project-root'

type Words = { [key: string]: string | Words }

const plugins = join(projectRoot, 'plugins')
const folders = [
  join(projectRoot, 'locales'),
  ...readdirSync(plugins)
    .filter((name) => !name.startsWith('_')) // what other tests make and remove meanwhile
    .map((name) => join(plugins, name, 'locales')),
].filter((folder) => readFolder(folder).length > 0)

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return [] // a plugin without words
  }
}

function flatten(words: Words, prefix = ''): Map<string, string> {
  const entries = Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flatten(value, `${prefix}${key}.`)],
  )
  return new Map(entries)
}

function read(folder: string, language: string): Map<string, string> {
  return flatten(JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')))
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1]).sort()

describe.each(folders)('the words in %s', (folder) => {
  const chinese = read(folder, 'zh-CN')
  const english = read(folder, 'en-US')

  it('have the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('have the same placeholders in both languages', () => {
    for (const [key, text] of chinese) {
      expect([key, placeholders(english.get(key) ?? '')]).toEqual([key, placeholders(text)])
    }
  })

  it('are never empty and follow the style of keys', () => {
    for (const [key, text] of [...chinese, ...english]) {
      expect(text.trim()).not.toBe('')
      expect(key).toMatch(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/)
    }
  })

  it('hold Chinese in the Chinese file only', () => {
    for (const [key, text] of english) expect([key, /\p{Script=Han}/u.test(text)]).toEqual([key, false])
  })
})
