import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { write, type Files } from './made'

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
    cwd: folder,
    stdio: 'pipe',
  })

/** Real repositories over HTTP on this machine, served by `git http-backend`. */
export class GitServer {
  readonly root = mkdtempSync(path.join(tmpdir(), 'git-'))
  readonly #server = createServer((request, response) => this.#answer(request, response))
  /** Where every request is sent instead. */
  redirectTo: string | null = null

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
  }

  stop(): Promise<void> {
    return new Promise((done) => this.#server.close(() => done()))
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** A repository whose files are those of a plugin. @returns its folder */
  make(name: string, files: Files): string {
    const folder = path.join(this.root, name)
    mkdirSync(folder, { recursive: true })
    git(folder, 'init', '--quiet', '--initial-branch=main')
    this.commit(name, files)
    return folder
  }

  /** @param tag that the commit gets */
  commit(name: string, files: Files, tag?: string): void {
    write(this.root, name, files)
    const folder = path.join(this.root, name)
    git(folder, 'add', '-A')
    git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'A change')
    if (tag !== undefined) git(folder, 'tag', tag)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.redirectTo !== null)
      return void response.writeHead(302, { Location: this.redirectTo + (request.url ?? '') }).end()
    const { pathname, search } = new URL(request.url ?? '', this.address)
    const [repository = '', ...rest] = pathname.slice(1).split('/')
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: this.root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: `/${repository.replace(/\.git$/, '')}/.git/${rest.join('/')}`,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
    })
    request.pipe(child.stdin)
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.on('close', () => sendCgi(Buffer.concat(parts), response))
  }
}

/** Head and body of an answer of CGI. */
function sendCgi(answer: Buffer, response: ServerResponse): void {
  const end = answer.indexOf('\r\n\r\n')
  for (const line of answer.subarray(0, end).toString().split('\r\n')) {
    const [name = '', value = ''] = line.split(': ')
    if (name === 'Status') response.statusCode = Number.parseInt(value)
    else if (name !== '') response.setHeader(name, value)
  }
  response.end(answer.subarray(end + 4))
}
