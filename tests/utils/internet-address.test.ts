import { isOnInternet, networkOf } from '../../src/utils/internet-address'

it.each([
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['169.254.169.254', false],
  ['192.168.0.1', false],
  ['172.31.255.255', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['140.82.112.3', true],
  ['172.32.0.1', true],
  ['::', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['::ffff:10.0.0.1', false],
  ['93.184.216.34', true],
  ['64:ff9b::7f00:1', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['ff02::1', false],
  ['2002:7f00:1::', false],
  ['2606:50c0:8000::153', true],
  ['localhost', false],
  ['', false],
])('%s is on the internet: %s', (address, expected) => {
  expect(isOnInternet(address)).toBe(expected)
})

it.each([
  ['2606:50c0:8000:12::153', '2606:50c0:8000:12::/64'],
  ['2606:50C0:8000:0012:1:2:3:4', '2606:50c0:8000:12::/64'],
  ['2606::8000:1:2:3:4:5', '2606:0:8000:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['10.0.0.1', '10.0.0.1'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
