import { Together } from '../../src/infra/together'

/** Answers every key but `none` with an object of its own, and remembers what it was asked. */
function openTogether(most?: number) {
  const asked: string[][] = []
  const together = new Together<{ key: string }>({
    ...(most !== undefined && { most }),
    copy: (value) => ({ ...value }),
    ask: (keys) => {
      asked.push(keys)
      return Promise.resolve(new Map(keys.filter((key) => key !== 'none').map((key) => [key, { key }])))
    },
  })
  return { asked, together }
}

it('asks once for all who come in one turn, each key once', async () => {
  const { asked, together } = openTogether()

  const answers = await Promise.all([together.read(['a', 'none']), together.read(['b', 'a'])])

  expect(asked).toEqual([['a', 'none', 'b']])
  expect(answers).toEqual([
    [{ key: 'a' }, undefined],
    [{ key: 'b' }, { key: 'a' }],
  ])
})

it('gives nobody what another one may change', async () => {
  const { together } = openTogether()

  const [[mine], [other]] = await Promise.all([together.read(['a']), together.read(['a'])])
  if (mine) mine.key = 'changed'

  expect(other).toEqual({ key: 'a' })
})

it('asks again for who comes later', async () => {
  const { asked, together } = openTogether()
  await together.read(['a'])

  await together.read(['a'])

  expect(asked).toEqual([['a'], ['a']])
})

it('asks no more than the most at once', async () => {
  const { asked, together } = openTogether(3)

  await Promise.all([together.read(['a', 'b']), together.read(['c', 'd']), together.read(['e'])])

  expect(asked).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ])
})

it('tells a failure to all who shared the question, and to nobody else', async () => {
  let fails = true
  const together = new Together<string>({
    ask: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve(new Map([['a', 'found']]))),
  })

  const answers = await Promise.allSettled([together.read(['a']), together.read(['b'])])
  fails = false

  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await together.read(['a'])).toEqual(['found'])
})
