import { locate } from '../../src/infra/location'

it.each([
  ['114.114.114.114', { country: '中国', region: '江苏省', city: '南京市' }],
  ['::ffff:114.114.114.114', { country: '中国', region: '江苏省', city: '南京市' }],
  ['8.8.8.8', { country: '美国', region: null, city: null }],
  ['2400:3200::1', { country: '中国', region: '浙江省', city: '杭州市' }],
])('knows where %s is', (ip, place) => {
  expect(locate(ip, 'offline')).toEqual(place)
  expect(locate(ip, 'offline')).toEqual(place)
})

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '192.168.0.1',
  '172.31.255.255',
  '169.254.1.1',
  '::1',
  'fe80::1',
  'fd00::1',
  '::ffff:10.0.0.1',
])('%s is at home', (ip) => {
  expect(locate(ip, 'offline')).toEqual({ country: null, region: null, city: '内网IP' })
})

it.each(['', 'unknown', '1.2.3', '999.1.1.1', "1.1.1.1' OR 1=1", 'a'.repeat(1000)])('%j is nowhere', (ip) => {
  expect(locate(ip, 'offline')).toEqual({ country: null, region: null, city: null })
})

it('looks nothing up when it is switched off', () => {
  expect(locate('8.8.8.8', 'false')).toEqual({ country: null, region: null, city: null })
})
