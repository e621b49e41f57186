import { readdirSync } from 'node:fs'
import { env } from '../../../../src/config/env'
import { uploadFolder } from '../../../../src/core/read-body'
import { until } from '../../../support/redis'
import { baseUrl, signIn, unique, useApp, type Client } from '#testing'

useApp()

const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
  Buffer.from('IHDR'),
  Buffer.alloc(40),
])
const MP4 = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.alloc(100)])

/** Content that begins as it should and is as long as asked. */
const filled = (head: Buffer, size: number) => Buffer.concat([head, Buffer.alloc(size - head.length)])

const uploader = () => signIn({ can: ['sys:file:upload'] })

function send(who: Client, name: string, content: Buffer, part = 'file') {
  const form = new FormData()
  form.append(part, new Blob([new Uint8Array(content)]), name)
  return who.post('/sys/files/upload', form)
}

const kept = () => {
  try {
    return readdirSync(env.UPLOAD_DIR)
  } catch {
    return []
  }
}

describe('upload a file', () => {
  it('keeps a picture under a name of its own and serves it', async () => {
    const name = unique('holiday')

    const answer = await send(await uploader(), `${name}.PNG`, PNG)

    expect(answer).toSucceed()
    expect(answer.data.url).toMatch(new RegExp(`^/static/upload/${name}_[0-9a-f]{12}_\\d{10}\\.png$`))
    const file = await fetch(baseUrl() + answer.data.url)
    expect(file.status).toBe(200)
    expect(file.headers.get('content-type')).toBe('image/png')
    expect(file.headers.get('x-content-type-options')).toBe('nosniff')
    expect(Buffer.from(await file.arrayBuffer())).toEqual(PNG)
  })

  it('keeps two files of the same name apart', async () => {
    const user = await uploader()

    const urls = await Promise.all([send(user, 'same.png', PNG), send(user, 'same.png', filled(PNG, 100))])

    expect(new Set(urls.map((answer) => answer.data.url)).size).toBe(2)
  })

  it.each([
    '../../../etc/evil.png',
    '..\\..\\evil.png',
    'a\u0000b.png',
    '.png',
    '....png',
    '<script>.png',
    '图片.png',
    `${'x'.repeat(200)}.png`,
  ])('never takes a path from the name: %s', async (name) => {
    const answer = await send(await uploader(), name, PNG)

    expect(answer).toSucceed()
    expect(answer.data.url).toMatch(/^\/static\/upload\/[A-Za-z0-9_-]{1,100}\.png$/)
    expect(kept()).toContain(answer.data.url.split('/').at(-1))
  })

  it.each([
    ['page.png', Buffer.from('<html><script>alert(1)</script></html>')],
    ['film.mp4', PNG],
    ['picture.jpg', PNG],
    ['empty.png', Buffer.alloc(0)],
    ['both.gif', Buffer.from('GIF89a<script>alert(1)</script>')],
  ])('refuses content that is not what the name says: %s', async (name, content) => {
    const before = kept().length

    expect(await send(await uploader(), name, content)).toFail(400, 'file.content_mismatch')
    expect(kept()).toHaveLength(before)
  })

  it('refuses what is neither picture nor video', async () => {
    expect(await send(await uploader(), 'a.exe', PNG)).toFail(400, 'file.unsupported', { ext: 'exe' })
    expect(await send(await uploader(), 'a.svg', PNG)).toFail(400, 'file.unsupported', { ext: 'svg' })
  })

  it.each(['name.', 'name'])('refuses a name without extension: %s', async (name) => {
    expect(await send(await uploader(), name, PNG)).toFail(400, 'file.unknown_type')
  })

  it('accepts a file exactly at the limit of its kind, and no byte more', async () => {
    const user = await uploader()
    const [picture, film] = [env.UPLOAD_IMAGE_SIZE_MAX, env.UPLOAD_VIDEO_SIZE_MAX]

    expect(await send(user, 'a.png', filled(PNG, picture))).toSucceed()
    expect(await send(user, 'a.png', filled(PNG, picture + 1))).toFail(400, 'file.image_too_large')
    expect(await send(user, 'a.mp4', filled(MP4, film))).toSucceed()
    expect(await send(user, 'a.mp4', filled(MP4, film + 1))).toFail(400, 'file.video_too_large')
    expect(await send(user, 'a.mp4', filled(MP4, film + 3 * 1024 * 1024))).toFail(
      413,
      'request.body_too_large',
    )
  })

  it('asks for a part named file', async () => {
    const answer = await send(await uploader(), 'a.png', PNG, 'other')

    expect(answer.status).toBe(422)
    expect(answer.data.errors).toMatchObject([{ type: 'missing', loc: ['body', 'file'] }])
  })

  it('leaves nothing in the folder for unfinished files', async () => {
    await send(await uploader(), 'a.png', PNG)
    await send(await uploader(), 'a.exe', PNG)

    expect(readdirSync(`${env.DATA_DIR}/tmp-upload`)).toEqual([])
    expect(kept().filter((name) => name.startsWith('.'))).toEqual([])
  })

  it.each([
    '/static/upload/../database.sqlite',
    '/static/upload/%2e%2e%2fkeys',
    '/static/upload/',
    '/static/upload/a%00b',
  ])('serves nothing but files: %s', async (path) => {
    const answer = await fetch(baseUrl() + path)

    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 404 })
  })
})

describe('a form that is refused half-way', () => {
  const part = (name: string, content: Buffer) => {
    const head = `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/png`
    return Buffer.concat([Buffer.from(`--edge\r\n${head}\r\n\r\n`), content, Buffer.from('\r\n')])
  }
  const END = Buffer.from('--edge--\r\n')

  it.each([
    ['has too many files', 413, Buffer.concat([part('a.png', PNG), part('b.png', PNG), END])],
    ['has no end', 422, part('a.png', PNG)],
    ['is no form', 422, Buffer.from('nothing of the kind')],
  ])('leaves no file behind: it %s', async (_what, status, body) => {
    const who = await uploader()

    const answer = await fetch(`${baseUrl()}/api/v1/sys/files/upload`, {
      method: 'POST',
      headers: { ...who.headers, 'Content-Type': 'multipart/form-data; boundary=edge' },
      body: new Uint8Array(body),
    })

    expect(answer.status).toBe(status)
    await until('no file is left', () => Promise.resolve(readdirSync(uploadFolder()).length === 0))
  })
})
