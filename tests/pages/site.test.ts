import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { baseUrl, stranger, useApp } from '#testing'
import { env } from '../../src/config/env'
import { head, sendRaw } from '../support/raw-http'

useApp()

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(baseUrl() + path, { headers, redirect: 'manual' })

describe('the front page', () => {
  it.each([
    ['zh-CN', '服务正在运行'],
    ['en-US', 'The server is running'],
  ])('speaks %s and leads to the API page and the state of health', async (language, words) => {
    const text = await (await get('/', { 'Accept-Language': language })).text()

    expect(text).toContain(words)
    for (const place of ['/docs', '/openapi', '/health/ready']) expect(text).toContain(`href="${place}"`)
  })

  it('holds together: everything it asks for is there', async () => {
    for (const page of ['/', '/docs']) {
      const text = await (await get(page)).text()
      const links = [...text.matchAll(/(?:src|href|data-document)="([^"]+)"/g)].map((match) => match[1] ?? '')

      for (const link of links) expect(`${link} ${(await get(link)).status}`).toBe(`${link} 200`)
      expect(text).not.toMatch(/<script>|<style|onclick|https?:/)
    }
  })

  it('can be read, not written', async () => {
    expect(await stranger().send('POST', '//')).toFail(405, 'request.method_not_allowed')
  })
})

it('the API page follows the colours of the system, by the name that its style sheet knows', async () => {
  const [ours, theirs] = await Promise.all(
    ['/docs/docs.js', '/docs/swagger-ui.css'].map(async (name) => (await get(name)).text()),
  )

  expect(ours).toMatch(/prefers-color-scheme: dark/)
  const name = /classList\.toggle\('([\w-]+)', dark/.exec(ours ?? '')?.[1]
  expect(theirs).toContain(`html.${name} .swagger-ui{`)
})

it('the second address of the API page leads to the first', async () => {
  const answer = await get('/redoc')

  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toBe('/docs')
})

describe('files', () => {
  it('are sent once and then only when they changed', async () => {
    const first = await sendRaw(head('GET /static/openapi.json'))
    const again = await sendRaw(
      head('GET /static/openapi.json', `If-Modified-Since: ${first.headers['last-modified']}`),
    )

    expect(first.status).toBe(200)
    expect(again.status).toBe(304)
  })

  it('that users brought cannot act as pages of ours', async () => {
    const folder = path.resolve(env.UPLOAD_DIR)
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'page.html'), '<script>alert(1)</script>')

    const answer = await get('/static/upload/page.html')

    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each([
    '/static/',
    '/static/docs',
    '/static/upload/',
    '/static/upload/../openapi.json',
    '/static/upload/%2e%2e/steward.db',
    '/static/.hidden',
  ])('outside of the folders are not there: %s', async (place) => {
    const answer = await sendRaw(head(`GET ${place}`))

    expect(answer.json).toMatchObject({ code: 404 })
  })
})
