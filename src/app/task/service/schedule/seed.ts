import {
  allTasks,
  holdTask,
  inTransaction,
  isUniqueViolation,
  logger,
  now,
  reader,
  type BoundTask,
  type Db,
  type Task,
} from '#core'
import { scheduleCrud } from '../../crud/schedule'
import { seededCrud } from '../../crud/tick'
import { textOf } from './arguments'
import { CRONTAB, INTERVAL } from './plan'
import { beginning } from './position'

const MOST_CHARACTERS = 64

/** Makes the schedules that tasks bring along, each once for ever: afterwards the table rules. */
export class Seeder {
  /** Declarations, not names: a plugin that was removed, and with it what is known of it, may come again. */
  readonly #known = new WeakSet<Task>()

  async seed(): Promise<void> {
    const wanted = allTasks().filter(
      ({ task }) => (task.cron !== undefined || task.schedule) && !this.#known.has(task),
    )
    if (wanted.length === 0) return
    const done = await seededCrud.tasks(reader())
    for (const bound of wanted)
      if (done.has(bound.task.name) || (await seedOne(bound))) this.#known.add(bound.task)
  }
}

/**
 * Of several processes one makes it. A declaration that cannot be read is the fault of one module, not of all.
 * @returns whether nothing is left to do: not where the module has been switched off meanwhile
 */
async function seedOne(bound: BoundTask): Promise<boolean> {
  const { task } = bound
  try {
    return await inTransaction(async (db) => {
      if (!(await holdTask(db, bound))) return false
      await seededCrud.append(db, [{ task: task.name }])
      const row = rowOf(task)
      if (!(await scheduleCrud.isTaken(db, row.name, null))) await create(db, row)
      return true
    })
  } catch (err) {
    if (!isUniqueViolation(err))
      logger.error('the schedule of a task could not be made', { err, task: task.name })
    return true
  }
}

function rowOf(task: Task) {
  const {
    name = task.title,
    every,
    expire_seconds = null,
    args,
    kwargs,
    enabled = true,
  } = task.schedule ?? {}
  return {
    ...{ name: name.slice(0, MOST_CHARACTERS), task: task.name, enabled, expire_seconds },
    ...{ args: textOf(args), kwargs: textOf(kwargs) },
    ...{ type: every ? INTERVAL : CRONTAB, crontab: task.cron ?? '* * * * *' },
    ...{ interval_every: every?.every ?? null, interval_period: every?.period ?? null },
    ...{ timezone: null, start_time: null, last_run_time: null },
  }
}

async function create(db: Db, row: ReturnType<typeof rowOf>): Promise<void> {
  const position = beginning(row, now())
  await scheduleCrud.create(db, { ...row, ...position, ...(row.enabled ? {} : { next_run_time: null }) })
}
