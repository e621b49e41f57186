import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { inTransaction } from '../../src/infra/database'
import { useApp } from '#testing'

useApp()

/** What `--expose-gc` brings, without the flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}

it('keeps nothing of what finished transactions returned', async () => {
  const results: WeakRef<object>[] = []
  for (let count = 0; count < 10; count += 1) {
    results.push(new WeakRef(await inTransaction(() => Promise.resolve({ count }))))
  }
  await inTransaction(() => Promise.resolve())
  await new Promise(setImmediate)
  collectGarbage()

  expect(results.filter((result) => result.deref() !== undefined)).toEqual([])
})
