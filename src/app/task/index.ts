import { keepTasksIn, module, runs } from '#core'
import { resultRoutes } from './api/result'
import { scheduleRoutes } from './api/schedule'
import { taskRoutes } from './api/task'
import { TaskOutbox } from './model/outbox'
import { TaskResult } from './model/result'
import { TaskSchedule } from './model/schedule'
import { TaskSeeded } from './model/seeded'
import { TaskTick } from './model/tick'
import { workerStatus } from './service/control'
import { purgeFinished } from './service/retention'
import { store } from './service/store'
import { purgeResults } from './task/purge-results'

export { startSweeping, sweepOutbox } from './service/outbox'
export { startScheduler } from './service/schedule/scheduler'

/** Background work: what was asked for, what became of it, and its control. */
export default module({
  name: 'task',
  version: '0.1.0',
  routes: [...taskRoutes, ...resultRoutes, ...scheduleRoutes],
  models: [TaskResult, TaskOutbox, TaskSchedule, TaskTick, TaskSeeded],
  tasks: [runs(purgeResults, async () => ({ deleted: await purgeFinished() }))],
  sockets: [{ event: 'task_worker_status', access: 'signed_in', handle: workerStatus }],
  start: () => {
    const forget = keepTasksIn(store)
    return Promise.resolve(() => Promise.resolve(forget()))
  },
})
