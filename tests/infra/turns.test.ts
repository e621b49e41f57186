import { Turns } from '../../src/infra/turns'
import { until } from '../support/redis'

async function runOne(turns: Turns): Promise<void> {
  const end = await turns.take()
  end?.()
}

describe('turns of the jobs of a queue', () => {
  it('let no more be in hand than may run, until these have shown to be short', async () => {
    const turns = new Turns(4)
    expect(turns.most).toBe(4)

    for (let count = 0; count < 200; count += 1) await runOne(turns)

    expect(turns.most).toBeGreaterThan(4)
    expect(turns.most).toBeLessThanOrEqual(4 * 32)
  })

  it('let nobody wait behind jobs that have run for long', async () => {
    const turns = new Turns(2)
    for (let count = 0; count < 200; count += 1) await runOne(turns)
    const [first] = [await turns.take(), await turns.take()]
    expect(turns.most).toBeGreaterThan(2)

    await until('nobody is to wait', () => Promise.resolve(turns.most === 2))

    first?.(false)
    expect(turns.most).toBeGreaterThan(2)
  })

  it('that ended without work tell nothing about how long jobs take', async () => {
    const turns = new Turns(4)

    for (let count = 0; count < 200; count += 1) (await turns.take())?.(false)

    expect(turns.most).toBe(4)
  })

  it('are given in the order of asking, never more at once than may run', async () => {
    const turns = new Turns(2)
    const [first] = [await turns.take(), await turns.take()]
    const begun: string[] = []
    const waiting = ['third', 'fourth'].map((name) =>
      turns.take().then((end) => {
        begun.push(name)
        return end
      }),
    )
    await new Promise(setImmediate)
    expect(begun).toEqual([])

    first?.()
    const third = await waiting[0]
    expect(begun).toEqual(['third'])

    third?.()
    await waiting[1]
    expect(begun).toEqual(['third', 'fourth'])
  })

  it('are refused to those that wait for long, and go to others then', async () => {
    const turns = new Turns(1)
    const first = await turns.take()

    expect(await turns.take()).toBeNull()

    first?.()
    expect(await turns.take()).not.toBeNull()
  })
})
