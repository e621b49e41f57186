import { readUserAgent } from '../../src/utils/user-agent'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

it.each([
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
    'Windows 10',
    'Chrome 126.0.0',
    'PC',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
    'Windows 10',
    'Edge 126.0.0',
    'PC',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'iOS 17.5',
    'Mobile Safari 17.5',
    'iPhone',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/126.0.6478.71 Mobile Safari/537.36`,
    'Android 14',
    'Chrome Mobile 126.0.6478',
    'Pixel 8',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    'Mac OS X 10.15.7',
    'Safari 17.5',
    'PC',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0', 'Linux', 'Firefox 126.0', 'PC'],
  ['curl/8.5.0', 'Other', 'curl 8.5.0', 'Other'],
  ['nonsense', 'Other', 'Other', 'Other'],
])('%s', (header, os, browser, device) => {
  expect(readUserAgent(header)).toEqual({ os, browser, device })
})

it.each([null, undefined, '', '  '])('says nothing when there is no header (%j)', (header) => {
  expect(readUserAgent(header)).toEqual({ os: null, browser: null, device: null })
})

it('cuts what is too long for the columns', () => {
  const long = readUserAgent(`${'x'.repeat(300)}/${'1'.repeat(5000)}`)

  expect(Object.values(long).every((text) => (text?.length ?? 0) <= 64)).toBe(true)
})
