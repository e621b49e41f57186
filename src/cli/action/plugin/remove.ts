import { removeNamed } from '../../../plugin/service/remove'
import { say } from '../../../utils/printer'
import { confirm } from '../../ask'
import type { RemoveOptions } from '../../command/plugin'
import { withPlugins } from '../../opened'
import { sayJson } from '../../output'
import { asOperation } from '../../recorded'
import { plan, receiptFor, tell } from './plan'

/** Takes a plugin out, after a yes to what goes with it. */
export async function remove(name: string, options: RemoveOptions): Promise<void> {
  if (options.plan) return plan(name, options)
  const keepData = options.keepData === true
  const receipt = keepData ? null : await receiptFor(name)
  if (!options.json) {
    say(keepData ? `Tables and rows of ${name} stay; its folder goes.` : `With ${name} go:`)
    if (receipt) tell(receipt)
  }
  await confirm(`Remove ${name}?`, options.yes)
  await withPlugins(async () => {
    const backup = await removeNamed(name, { keepData })
    await asOperation('plugin remove', { name, keep_data: keepData }, () => Promise.resolve())
    if (options.json) return sayJson({ name, backup, kept_data: keepData, ...receipt })
    say(`Removed ${name}. It is kept as ${backup}`)
  })
}
