import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(__dirname, '../..')

const sources = () =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src', 'plugins'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !file.includes('/tests/') && !file.startsWith('plugins/_'))

const words = (language: string) => {
  const keys = new Map<string, string>()
  const walk = (node: object, prefix: string) => {
    for (const [key, value] of Object.entries(node) as [string, unknown][]) {
      if (typeof value === 'string') keys.set(prefix + key, value)
      else if (typeof value === 'object' && value) walk(value, `${prefix}${key}.`)
    }
  }
  const plugins = readdirSync(path.join(root, 'plugins'))
    .filter((name) => !name.startsWith('_')) // what other tests make and remove meanwhile
    .map((name) => path.join('plugins', name, 'locales'))
  for (const folder of ['locales', ...plugins]) {
    const file = path.join(root, folder, `${language}.json`)
    if (existsSync(file)) walk(JSON.parse(readFileSync(file, 'utf8')) as object, '')
  }
  return keys
}

const THROWS =
  /\b(?:badRequest|unauthorized|forbidden|notFound|conflict|tooLarge|unavailable|new (?:AppError|TimeRuleFault))\(\s*'([a-z0-9_.]+)'/g
const NAMES_A_KEY = /\b(?:call\.t\(|t\([a-z]+, |invalid\('[a-z_]+', )'([a-z0-9_.]+)'/g
const RULES = /\brule\('([a-z_]+)'/g

const found = (pattern: RegExp, prefix = '') =>
  sources().flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(pattern)].map((match) => ({
      file,
      key: prefix + (match[1] ?? ''),
    })),
  )

describe.each(['zh-CN', 'en-US'])('the words in %s', (language) => {
  it('cover every key that the code names', () => {
    const known = words(language)
    const named = [...found(THROWS), ...found(NAMES_A_KEY), ...found(RULES, 'validation.')]

    expect(named.length).toBeGreaterThan(30)
    expect(named.filter(({ key }) => !known.has(key))).toEqual([])
  })

  it('are never empty', () => {
    expect([...words(language)].filter(([, text]) => text.trim() === '')).toEqual([])
  })
})

it('both languages have the same keys with the same placeholders', () => {
  const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()
  const shape = (language: string) =>
    Object.fromEntries([...words(language)].sort().map(([key, text]) => [key, holes(text)]))

  expect(shape('en-US')).toEqual(shape('zh-CN'))
})
