/** An answer of the API, taken apart. */
export interface Answer {
  /** HTTP status. */
  status: number
  /** `code` of the envelope; null where the body is no envelope. */
  code: number | null
  msg: string
  // Tests look into answers of every shape; their assertions are the check.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
  headers: Headers
}

export interface RequestOptions {
  headers?: Record<string, string>
  language?: string
}

/** A caller of the API: a thin wrapper around fetch with a token. Paths start below `/api/v1`. */
export class Client {
  readonly headers: Record<string, string> = { 'Accept-Language': 'zh-CN' }

  constructor(
    private readonly base: string,
    token?: string,
  ) {
    if (token) this.headers['Authorization'] = `Bearer ${token}`
  }

  get(path: string, options?: RequestOptions): Promise<Answer> {
    return this.send('GET', path, undefined, options)
  }

  post(path: string, body?: unknown, options?: RequestOptions): Promise<Answer> {
    return this.send('POST', path, body, options)
  }

  put(path: string, body?: unknown, options?: RequestOptions): Promise<Answer> {
    return this.send('PUT', path, body, options)
  }

  delete(path: string, body?: unknown, options?: RequestOptions): Promise<Answer> {
    return this.send('DELETE', path, body, options)
  }

  /** Sends text, bytes or a form as it is; anything else as JSON. */
  async send(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
    const isRaw = typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array
    const headers = {
      ...this.headers,
      ...(options.language && { 'Accept-Language': options.language }),
      ...(body !== undefined && !isRaw && { 'Content-Type': 'application/json;charset=utf-8' }),
      ...options.headers,
    }
    const url =
      this.base +
      (path.startsWith('/api') || path.startsWith('//') ? path.replace('//', '/') : `/api/v1${path}`)
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      body: body === undefined ? undefined : isRaw ? (body as string) : JSON.stringify(body),
    })
    return read(response)
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
  const body: unknown = isJson ? JSON.parse(text) : text
  const envelope = (isJson ? body : {}) as { code?: number; msg?: string; data?: unknown }
  return {
    status: response.status,
    code: envelope.code ?? null,
    msg: envelope.msg ?? '',
    data: envelope.data,
    body,
    headers: response.headers,
  }
}
