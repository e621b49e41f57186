import { isBelow, toTree } from '../../src/utils/tree'

const rows = (...pairs: [id: string, parent: string | null][]) =>
  pairs.map(([id, parent_id]) => ({ id, parent_id }))

const shape = (nodes: { id: string; children?: object[] }[]): unknown =>
  nodes.map(({ id, children }) => (children ? { [id]: shape(children as never) } : id))

it('puts rows below their parents, in their order', () => {
  expect(shape(toTree(rows(['c', 'a'], ['a', null], ['b', 'a'], ['d', 'b'])))).toEqual([
    { a: ['c', { b: ['d'] }] },
  ])
})

it('makes a row without its parent a root', () => {
  expect(shape(toTree(rows(['a', 'gone'], ['b', 'a'])))).toEqual([{ a: ['b'] }])
})

it('shows every row of a circle and what hangs on it, once', () => {
  expect(shape(toTree(rows(['t', 'a'], ['a', 'b'], ['b', 'c'], ['c', 'a'], ['s', 's'])))).toEqual([
    { a: ['t', { c: ['b'] }] },
    's',
  ])
})

it('takes a chain of a hundred thousand, in pieces of a hundred levels', () => {
  const chain = Array.from({ length: 100_000 }, (_, n) => ({
    id: String(n),
    parent_id: n ? String(n - 1) : null,
  }))

  const roots = toTree(chain.reverse())

  expect(roots.map((node) => node.id)).toEqual(Array.from({ length: 1000 }, (_, n) => String(n * 100)))
  expect(JSON.stringify(roots[0])).toContain('"99"')
})

it('leaves the given rows alone', () => {
  const given = rows(['a', null], ['b', 'a'])
  toTree(given)

  expect(given).toEqual(rows(['a', null], ['b', 'a']))
})

it('knows what lies below what', () => {
  const known = rows(['a', null], ['b', 'a'], ['c', 'b'], ['x', null])

  expect(isBelow(known, 'c', 'a')).toBe(true)
  expect(isBelow(known, 'a', 'a')).toBe(true)
  expect(isBelow(known, 'a', 'c')).toBe(false)
  expect(isBelow(known, 'x', 'a')).toBe(false)
})

it('ends on circles', () => {
  expect(isBelow(rows(['a', 'b'], ['b', 'a']), 'a', 'x')).toBe(false)
})
