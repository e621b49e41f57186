import { baseUrl } from '#testing'

/** Something like a browser: it follows redirects and keeps the cookies of Steward, which the provider never sees. */
export class Browser {
  readonly cookies = new Map<string, string>()

  get base(): string {
    return baseUrl()
  }

  /** Asks for an address of the API, as a page would. @param path below `/api/v1` */
  async api(path: string, options: { method?: string; token?: string; body?: object } = {}) {
    const headers: Record<string, string> = {}
    if (options.token !== undefined) headers['Authorization'] = `Bearer ${options.token}`
    if (options.body) headers['Content-Type'] = 'application/json'
    const body = options.body && JSON.stringify(options.body)
    const response = await this.#fetch(`${baseUrl()}/api/v1${path}`, {
      method: options.method,
      headers,
      body,
    })
    const answer = (await response.json()) as { code: number; msg: string; data: never }
    return { status: response.status, ...answer }
  }

  /** Goes to an address and on until a page of the front end would be opened. */
  async goTo(address: string): Promise<URL> {
    let next = new URL(address)
    for (let hops = 0; hops < 5; hops++) {
      if (next.hostname === 'front.example.com') return next
      const response = await this.#fetch(next.toString())
      const location = response.headers.get('location')
      if (location === null) {
        throw new Error(`${next.pathname} answered ${response.status}: ${await response.text()}`)
      }
      next = new URL(location, next)
    }
    throw new Error(`${address} leads nowhere`)
  }

  async #fetch(address: string, init: RequestInit = {}): Promise<Response> {
    const isOurs = address.startsWith(baseUrl())
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, 'Accept-Language': 'en-US', ...(isOurs && { cookie }) }
    const response = await fetch(address, { ...init, headers, redirect: 'manual' })
    if (isOurs) this.#keep(response.headers.getSetCookie())
    return response
  }

  #keep(lines: string[]): void {
    for (const line of lines) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }
}
