import { GroupCommit } from '../../src/infra/group-commit'

describe('work that is asked for at about the same time', () => {
  it('is done together, and what comes meanwhile is the next piece', async () => {
    const groups: number[][] = []
    const later: Promise<number>[] = []
    const group = new GroupCommit(async (items: number[]) => {
      groups.push(items)
      if (groups.length === 1) later.push(...[4, 5].map((n) => group.add(n)))
      return items.map((n) => n * 10)
    })

    const answers = await Promise.all([1, 2, 3].map((n) => group.add(n)))

    expect(answers).toEqual([10, 20, 30])
    expect(await Promise.all(later)).toEqual([40, 50])
    expect(groups).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  })

  it('is done one by one when it fails together, so that only the one at fault fails', async () => {
    const done: number[] = []
    const group = new GroupCommit(async (items: number[]) => {
      if (items.includes(2)) throw new Error('two')
      done.push(...items)
      return items
    })

    const answers = await Promise.allSettled([1, 2, 3].map((n) => group.add(n)))

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(done).toEqual([1, 3])
    expect(await group.add(4)).toBe(4)
  })
})
