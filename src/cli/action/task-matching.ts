import { CancelMatching, RetryMatching, cancelTasks, retryTasks, type Matching } from '../../app/task'
import { systemCall, type Call } from '../../core/call'
import { reader } from '../../infra/database'
import { say } from '../../utils/printer'
import { confirm } from '../ask'
import type { TaskOptions } from '../command/task'
import { withTasks } from '../opened'
import { count, sayJson } from '../output'
import { asOperation } from '../recorded'
import { follow } from './follow-task'
import { conditionsIn, readInput } from './task-filter'

/** Runs again whatever finished and matches: told how much it is, asked, and left to a task of its own. */
export const retryAll = (options: TaskOptions): Promise<void> =>
  all(options, 'task retry', 'run again', (call, isDry) =>
    retryTasks(call, readInput(RetryMatching, { ...conditionsIn(options), dry_run: isDry })),
  )

/** Cancels whatever is not finished and matches, in the same way. */
export const cancelAll = (options: TaskOptions): Promise<void> =>
  all(options, 'task cancel', 'cancelled', (call, isDry) => {
    const { terminate = false } = options
    return cancelTasks(
      call,
      readInput(CancelMatching, { ...conditionsIn(options), terminate, dry_run: isDry }),
    )
  })

async function all(
  options: TaskOptions,
  title: string,
  done: string,
  handle: (call: Call, isDry: boolean) => Promise<Matching>,
): Promise<void> {
  await withTasks(async () => {
    const { matching, is_exact: isExact } = await handle(systemCall(reader()), true)
    if (matching === 0) return options.json ? sayJson({ matching, task_id: null }) : say('Nothing matches.')
    const many = `${isExact ? '' : 'at least '}${count(matching, 'task')}`
    await confirm(`This is ${many}, to be ${done}. Go on?`, options.yes)
    const args = { ...conditionsIn(options), terminate: options.terminate ?? false }
    const { task_id: taskId } = await asOperation(title, args, (call) => handle(call, false))
    if (taskId === null) return
    if (options.follow) return follow(taskId, options)
    if (options.json) return sayJson({ matching, is_exact: isExact, task_id: taskId })
    say(`${many}, to be ${done} by the task ${taskId}`)
  })
}
