import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInstance, type i18n, type Resource } from 'i18next'
import { env, SettingsError } from '../config/env'
import { projectRoot } from '../utils/project-root'

/** Words as they stand in a locale file: nested, with `{{param}}` placeholders. */
export interface Words {
  [key: string]: string | Words
}

export type WordParams = Readonly<Record<string, string | number>>

const CORE = 'core'
const MAX_REMEMBERED = 5000

const words: i18n = createInstance()
/** Core first: a plugin cannot change the words of the core. */
let namespaces: string[] = [CORE]
let languages: string[] = []
/** Answers without parameters, by language and key: i18next needs microseconds for each. */
const remembered = new Map<string, string>()
const negotiated = new Map<string, string>()

/**
 * Reads the words of the core, one file per language. Called by itself on first use; call it at the start to fail early.
 * @throws SettingsError when there are no words in the default language
 */
export function initWords(folder = join(projectRoot, 'locales')): void {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  languages = files.map((name) => name.slice(0, -'.json'.length))
  const fallback = env.I18N_DEFAULT_LANGUAGE
  if (!languages.includes(fallback)) {
    const problem = `must be one of ${languages.join(', ')}, the files in locales`
    throw new SettingsError([
      { name: 'I18N_DEFAULT_LANGUAGE', problem, example: 'I18N_DEFAULT_LANGUAGE=zh-CN' },
    ])
  }
  const resources: Resource = {}
  for (const language of languages)
    resources[language] = { [CORE]: readWords(join(folder, `${language}.json`)) }
  namespaces = [CORE]
  forget()
  void words.init({
    initAsync: false,
    resources,
    lng: fallback,
    fallbackLng: [fallback, ...languages.filter((language) => language !== fallback)],
    ns: namespaces,
    defaultNS: CORE,
    nsSeparator: false,
    interpolation: { escapeValue: false, skipOnVariables: true },
  })
}

function readWords(file: string): Words {
  return JSON.parse(readFileSync(file, 'utf8')) as Words // the shape is checked by a test over every file
}

/** Adds the words of a plugin, or replaces them. Words of one namespace never change those of another. */
export function addWords(namespace: string, language: string, added: Words): void {
  if (namespace === CORE) throw new Error('the namespace of the core is taken')
  start()
  words.removeResourceBundle(language, namespace)
  words.addResourceBundle(language, namespace, added)
  if (!namespaces.includes(namespace)) namespaces = [...namespaces, namespace]
  forget()
}

/** Takes the words of a plugin away again, in every language. */
export function removeWords(namespace: string): void {
  if (namespace === CORE) throw new Error('the words of the core stay')
  for (const language of languages) words.removeResourceBundle(language, namespace)
  namespaces = namespaces.filter((name) => name !== namespace)
  forget()
}

/**
 * The words for a key in a language. A key that is missing there is looked up in the default language, then in the
 * others; one that is nowhere comes back as it is. Parameters are inserted as they are, without escaping.
 */
export function t(language: string, key: string, params?: WordParams): string {
  start()
  if (params !== undefined && Object.keys(params).length > 0) {
    return words.t(key, { ...params, lng: language, ns: namespaces })
  }
  const name = `${language} ${key}`
  const known = remembered.get(name)
  if (known !== undefined) return known
  const found = words.t(key, { lng: language, ns: namespaces })
  remember(remembered, name, found)
  return found
}

/** Whether a key has words in this very language. */
export function hasWords(language: string, key: string): boolean {
  start()
  return namespaces.some(
    (ns) => typeof words.getResource(language, ns, key, { keySeparator: '.' }) === 'string',
  )
}

/** Whether the core has words for a key, in any language. */
export function isCoreWord(key: string): boolean {
  start()
  return languages.some((one) => words.getResource(one, CORE, key, { keySeparator: '.' }) !== undefined)
}

/** The languages there are words for. */
export function supportedLanguages(): readonly string[] {
  start()
  return languages
}

/**
 * Chooses a language by an `Accept-Language` header: the most wanted one there are words for (`zh` and `zh-TW` mean
 * `zh-CN` as long as there is nothing closer), else the default.
 */
export function negotiate(header: string | undefined): string {
  start()
  if (!header) return env.I18N_DEFAULT_LANGUAGE
  const known = negotiated.get(header)
  if (known !== undefined) return known
  const found = chooseLanguage(header.slice(0, 500))
  if (header.length < 100) remember(negotiated, header, found)
  return found
}

function chooseLanguage(header: string): string {
  const wishes = header.split(',').map((entry) => {
    const [tag = '', ...rest] = entry.split(';')
    const quality = rest.map((part) => /^\s*q=([\d.]+)\s*$/.exec(part)?.[1]).find((q) => q !== undefined)
    return { tag: tag.trim().toLowerCase(), quality: quality === undefined ? 1 : Number(quality) }
  })
  const order = wishes.filter((wish) => wish.quality > 0).sort((a, b) => b.quality - a.quality)
  for (const { tag } of order) {
    const exact = languages.find((language) => language.toLowerCase() === tag)
    const near = languages.find((language) => language.split('-')[0] === tag.split('-')[0])
    const found = exact ?? near
    if (found !== undefined) return found
  }
  return env.I18N_DEFAULT_LANGUAGE
}

function start(): void {
  if (languages.length === 0) initWords()
}

function forget(): void {
  remembered.clear()
  negotiated.clear()
}

function remember(map: Map<string, string>, name: string, value: string): void {
  if (map.size >= MAX_REMEMBERED) map.clear()
  map.set(name, value)
}
