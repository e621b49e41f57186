import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addWords, isCoreWord, removeWords, supportedLanguages, type Words } from '../infra/i18n'

/** Words of a plugin by language. */
export type Locales = Map<string, Words>

/** Reads `locales/<language>.json`. @throws a sentence naming the file */
export async function readLocales(folder: string): Promise<Locales> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  const locales: Locales = new Map()
  for (const file of files) {
    const language = file.slice(0, -'.json'.length)
    if (!supportedLanguages().includes(language))
      throw new Error(`locales/${file}: there are no words of Steward in ${language}`)
    locales.set(language, wordsOf(file, await readFile(join(folder, file), 'utf8')))
  }
  return locales
}

function wordsOf(file: string, text: string): Words {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`locales/${file} is not JSON: ${String(error)}`, { cause: error })
  }
  if (!isWords(value)) throw new Error(`locales/${file} must hold texts, in objects as deep as you like`)
  return value
}

const isWords = (value: unknown): value is Words =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one: unknown) => typeof one === 'string' || isWords(one))

/** Every key, in dots. */
export function keysOf(locales: Locales): string[] {
  const walk = (words: Words, prefix: string): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [prefix + key] : walk(value, `${prefix}${key}.`),
    )
  return [...new Set([...locales.values()].flatMap((words) => walk(words, '')))]
}

/** Keys that the core has words for already: those would never be seen. */
export const keysOfCore = (locales: Locales): string[] => keysOf(locales).filter(isCoreWord)

export function learn(plugin: string, locales: Locales): void {
  for (const [language, words] of locales) addWords(plugin, language, words)
}

export const unlearn = (plugin: string): void => removeWords(plugin)
