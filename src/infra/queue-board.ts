import { AsyncLocalStorage } from 'node:async_hooks'
import type { Job } from 'bull'
import type { Middleware } from 'koa'
import { producer } from './queue'

/** Where Flower was: its place is in proxies and bookmarks. */
export const BOARD_PATH = '/flower'

export interface BoardJob {
  id: string
  name: string
  data: unknown
}

export interface BoardWorker {
  name: string
  /** Host and process. */
  place: string
  started_time: Date
}

/** What the board shows beside what Bull knows, for one who looks at it. */
export interface BoardView {
  queues(): Promise<string[]>
  isPaused(queue: string): Promise<boolean>
  workers(queue: string): Promise<BoardWorker[]>
  /** What may be shown of the tasks of jobs, by id of the job. */
  tasks(jobs: BoardJob[]): Promise<Map<string, object>>
}

/** Answers one request below BOARD_PATH, for whoever the view was made. */
export type ShowBoard = (view: BoardView, ...request: Parameters<Middleware>) => Promise<void>

/** Bull's library allows any number; nobody reads more on one page. */
const MOST_JOBS = 100
const FURTHEST = 1_000_000

/**
 * Makes the board, read-only. Its packages are loaded here: whoever never looks at it does not pay for it.
 * @param title as the page shows it
 */
export async function makeBoard(title: string): Promise<ShowBoard> {
  const [{ createBullBoard }, { KoaAdapter }, ShownQueue] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/koa'),
    shownQueue(),
  ])
  const server = new KoaAdapter().setBasePath(BOARD_PATH)
  const uiConfig = { boardTitle: title, hideDocsLink: true, hideRedisDetails: true, sortQueues: true }
  const board = createBullBoard({ queues: [], serverAdapter: server, options: { uiConfig } })
  const serve = server.registerPlugin() as Middleware
  const known = new Map<string, InstanceType<typeof ShownQueue>>()

  async function addQueues(names: string[]): Promise<void> {
    for (const name of names) {
      if (!known.has(name)) known.set(name, new ShownQueue(await producer(name), { readOnlyMode: true }))
    }
    board.replaceQueues(names.flatMap((name) => known.get(name) ?? []))
  }

  return async (view, ctx, next) => {
    if (ctx.path.startsWith(`${BOARD_PATH}/api/`)) await addQueues(await view.queues())
    await looking.run(view, async () => {
      await serve(ctx, next)
    })
    // Nothing of the page comes from other machines; it does without their fonts.
    if (typeof ctx.body === 'string') ctx.body = ctx.body.replace(/<link [^>]*href="https:[^>]*>/g, '')
  }
}

/** The library hands its queues no request, so whose it is goes beside it. */
const looking = new AsyncLocalStorage<BoardView>()

function view(): BoardView {
  const found = looking.getStore()
  if (!found) throw new Error('a queue is shown to nobody')
  return found
}

/** A queue as the board shows it: the jobs are Bull's, all else is what Steward knows. */
async function shownQueue() {
  const { BullAdapter } = await import('@bull-board/api/bullAdapter')
  return class extends BullAdapter {
    override async getJobs(
      states: Parameters<InstanceType<typeof BullAdapter>['getJobs']>[0],
      start = 0,
      end = MOST_JOBS,
    ): Promise<Job[]> {
      const from = Math.min(start, FURTHEST)
      return withTasks(await super.getJobs(states, from, Math.min(end, from + MOST_JOBS - 1)))
    }

    override async getJob(id: string): Promise<Job | null> {
      const job = await super.getJob(id)
      const [shown] = job ? await withTasks([job]) : []
      return shown ?? null
    }

    override isPaused(): Promise<boolean> {
      return view().isPaused(this.queue.name)
    }

    override async getWorkers() {
      const workers = await view().workers(this.queue.name)
      return workers.map(({ name, place, started_time }) => ({
        ...{ id: name, name, addr: place },
        age: Math.max(0, Math.round((Date.now() - started_time.getTime()) / 1000)),
      }))
    }
  }
}

async function withTasks(jobs: Job[]): Promise<Job[]> {
  const tasks = await view().tasks(
    jobs.map(({ id, name, data }) => ({ id: String(id), name, data: data as unknown })),
  )
  return jobs.map((job) => Object.assign(job, { data: tasks.get(String(job.id)) ?? {} }))
}
