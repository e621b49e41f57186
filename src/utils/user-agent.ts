import { parse } from 'bowser'
import { LRUCache } from 'lru-cache'

/** What a user agent header says, in the words of the ancestor's log tables; null where there was no header. */
export interface UserAgent {
  /** Family and version, `Windows 10`, `iOS 17.5`. */
  os: string | null
  /** Family and version, `Chrome 126.0.0`. */
  browser: string | null
  /** `PC`, else the model, `iPhone`; `Other` when nobody knows. */
  device: string | null
}

const NONE: UserAgent = { os: null, browser: null, device: null }
const UNKNOWN = 'Other'
/** Longer headers are cut: nothing of interest comes later, and the columns end somewhere. */
const MAX_HEADER = 512
const MAX_WORDS = 64

/** The same few browsers come again and again. */
const known = new LRUCache<string, UserAgent>({ max: 1000 })

export function readUserAgent(header: string | null | undefined): UserAgent {
  const text = header?.trim().slice(0, MAX_HEADER)
  if (!text) return NONE
  const remembered = known.get(text)
  if (remembered) return remembered
  const read = analyse(text)
  known.set(text, read)
  return read
}

const OS_NAMES: Record<string, string> = { macOS: 'Mac OS X' }
const BROWSER_NAMES: Record<string, string> = { 'Microsoft Edge': 'Edge', 'Internet Explorer': 'IE' }

function analyse(header: string): UserAgent {
  const { os, browser, platform } = parse(header)
  const isHandheld = platform.type === 'mobile' || platform.type === 'tablet'
  const version = os.name === 'Windows' ? os.versionName : os.version
  return {
    os: words(OS_NAMES[os.name ?? ''] ?? os.name, version),
    browser: browser.name ? words(browserName(browser.name, isHandheld), browser.version) : program(header),
    device: words(deviceOf(header, platform)),
  }
}

function browserName(name: string, isHandheld: boolean): string {
  if (isHandheld && name === 'Safari') return 'Mobile Safari'
  if (isHandheld && name === 'Chrome') return 'Chrome Mobile'
  return BROWSER_NAMES[name] ?? name
}

function deviceOf(header: string, platform: { type?: string; model?: string }): string | undefined {
  if (platform.type === 'desktop') return 'PC'
  if (platform.type === 'bot') return 'Spider'
  return platform.model ?? /Android [\d.]+; ([\w .-]{1,40}?)(?: Build\/[^;)]*)?[;)]/.exec(header)?.[1]
}

/** Programs name themselves first: `curl/8.0.1`. */
function program(header: string): string {
  const [, name, version] = /^([A-Za-z][\w.-]*)\/([\d.]+)/.exec(header) ?? []
  return name === 'Mozilla' ? UNKNOWN : words(name, version)
}

function words(name: string | undefined, version?: string): string {
  if (!name) return UNKNOWN
  const short = version?.split('.').slice(0, 3).join('.')
  return (short ? `${name} ${short}` : name).slice(0, MAX_WORDS)
}
