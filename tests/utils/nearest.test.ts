import { nearest } from '../../src/utils/nearest'

const KNOWN = ['PORT', 'HOST', 'REDIS_HOST']

it.each([
  ['PROT', 'PORT'],
  ['POTR', 'PORT'],
  ['PORRT', 'PORT'],
  ['PIRAT', null],
  ['PORTS', 'PORT'],
  ['port', 'PORT'],
  ['REDISHOST', 'REDIS_HOST'],
  ['RDIS_HOSTS', 'REDIS_HOST'],
  ['SOMETHING', null],
  ['', null],
])('the name nearest to %j is %j', (word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant)
})

it('nothing is near where nothing is known', () => {
  expect(nearest('PORT', [])).toBeNull()
})
