import { text as readAll } from 'node:stream/consumers'
import { RunTask, cancelTask, resultOfTask, retryTask, runTask } from '../../app/task'
import { redact } from '../../common/redact'
import { systemCall } from '../../core/call'
import { queueOf, taskNamed, taskNames } from '../../core/task-registry'
import { liveWorkers } from '../../core/worker-presence'
import { reader } from '../../infra/database'
import { say } from '../../utils/printer'
import type { TaskOptions } from '../command/task'
import { withTasks } from '../opened'
import { misused } from '../outcome'
import { count, sayJson, table } from '../output'
import { asOperation } from '../recorded'
import { follow } from './follow-task'
import { readInput, requireNoConditions } from './task-filter'

export const list = ({ json }: TaskOptions): Promise<void> =>
  withTasks(async () => {
    const workers = await liveWorkers()
    const rows = taskNames().map(({ name, task }) => {
      const bound = taskNamed(task)
      const queue = bound ? queueOf(bound.task) : ''
      return {
        task,
        title: name,
        queue,
        workers: workers.filter((one) => one.tasks.some((t) => t.task === task)).length,
      }
    })
    if (json) return sayJson(rows)
    const cells = rows.map((row) => [row.task, row.queue, String(row.workers), row.title])
    say(table(['TASK', 'QUEUE', 'WORKERS', 'TITLE'], cells))
    say(`\n${count(rows.length, 'task')}, ${count(workers.length, 'live worker')}`)
  })

export async function run(task: string, options: TaskOptions): Promise<void> {
  const input = await inputFrom(task, options)
  await withTasks(async () => {
    const args = { task, args: redact(input.args), kwargs: redact(input.kwargs) }
    const { task_id } = await asOperation('task run', args, (call) => runTask(call, input))
    if (options.follow) return follow(task_id, options)
    if (options.json) return sayJson({ task_id })
    say(`Accepted: ${task_id}`)
    if ((await liveWorkers()).length === 0) say('No worker lives; it runs as soon as one is started.')
  })
}

export const retry = (taskId: string, options: TaskOptions): Promise<void> =>
  withTasks(async () => {
    requireNoConditions(options)
    const accepted = await asOperation('task retry', { task_id: taskId }, (call) => retryTask(call, taskId))
    if (options.follow) return follow(accepted.task_id, options)
    if (options.json) return sayJson(accepted)
    say(`Accepted: ${accepted.task_id}`)
  })

export const cancel = (taskId: string, options: TaskOptions): Promise<void> =>
  withTasks(async () => {
    requireNoConditions(options)
    const { terminate = false, json } = options
    await resultOfTask(systemCall(reader()), taskId) // a mistyped id is told, and not passed over
    await asOperation('task cancel', { task_id: taskId, terminate }, (call) =>
      cancelTask(call, taskId, terminate),
    )
    const { status } = await resultOfTask(systemCall(reader()), taskId)
    if (json) return sayJson({ task_id: taskId, status })
    if (status === 'REVOKED') return say('Revoked.')
    say(terminate ? 'It was told to stop.' : 'It runs already and goes on. To stop it: --terminate')
  })

export const tail = (taskId: string, options: TaskOptions): Promise<void> =>
  withTasks(() => follow(taskId, options))

/** @throws when the arguments are no JSON, or not of the kind they must be */
async function inputFrom(task: string, { args, kwargs }: TaskOptions): Promise<RunTask> {
  const named = kwargs === '-' ? await readAll(process.stdin) : kwargs
  const given = {
    task,
    ...(args === undefined ? {} : { args: jsonOf('--args', args) }),
    ...(named === undefined ? {} : { kwargs: jsonOf('--kwargs', named) }),
  }
  return readInput(RunTask, given)
}

function jsonOf(option: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw misused(`${option} is no JSON.`)
  }
}
