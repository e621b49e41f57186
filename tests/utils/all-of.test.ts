import { setTimeout as pause } from 'node:timers/promises'
import { allOf } from '../../src/utils/all-of'

it('work of several is answered in their order', async () => {
  expect(await allOf([pause(5, 'one'), Promise.resolve(2)])).toEqual(['one', 2])
})

it('nothing is under way any more when one has failed', async () => {
  let isDone = false
  const slow = pause(20).then(() => (isDone = true))

  await expect(allOf([Promise.reject(new Error('first')), slow])).rejects.toThrow('first')

  expect(isDone).toBe(true)
})
