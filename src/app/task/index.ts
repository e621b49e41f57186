import { env, keepTasksIn, module, runs } from '#core'
import { monitorRoutes } from './api/monitor'
import { resultRoutes } from './api/result'
import { scheduleRoutes } from './api/schedule'
import { taskRoutes } from './api/task'
import { TaskAlert } from './model/alert'
import { TaskOutbox } from './model/outbox'
import { TaskQueue } from './model/queue'
import { TaskResult } from './model/result'
import { TaskSchedule } from './model/schedule'
import { TaskSeeded } from './model/seeded'
import { TaskTick } from './model/tick'
import { WatchSchedule } from './schema/schedule'
import { workerStatus } from './service/control'
import { join, wait } from './service/demo'
import { purgeFinished, purgeOldTicks } from './service/retention'
import { backfill } from './service/schedule/backfill'
import { roomsOf, watched } from './service/schedule/news'
import { startAlerts } from './service/alert'
import { store } from './service/store'
import { mayWatch, queueRooms, startWatching, taskRooms, watched as watchedTask } from './service/watch'
import { backfillSchedule } from './task/backfill-schedule'
import { demo, demoAsync, demoParams } from './task/demo'
import { WatchQueue, WatchTask } from './schema/monitor'
import { TaskTerm } from './model/term'
import { performCancel, performRetry } from './service/matching'
import { cancelMatching, retryMatching } from './task/matching'
import { purgeResults } from './task/purge-results'
import { purgeTicks } from './task/purge-ticks'

export { ScheduleDetail, ScheduleTiming, type NextRuns } from './schema/schedule'
export {
  CancelMatching,
  RetryMatching,
  TaskResultDetail,
  TaskResultList,
  type Matching,
} from './schema/result'
export { RunTask } from './schema/task'
export { boardView } from './service/board'
export { cancel as cancelTask } from './service/cancel'
export { run as runTask } from './service/control'
export { startSweeping, sweepOutbox } from './service/outbox'
export { cancelAll as cancelTasks, retryAll as retryTasks } from './service/matching'
export { becameOf, ofTask as resultOfTask, search as searchTasks, type Became } from './service/result'
export { retry as retryTask } from './service/retry'
export { execute as runSchedule } from './service/schedule/execute'
export { nextRuns, preview as previewRuns } from './service/schedule/look'
export { all as allSchedules } from './service/schedule/schedule'
export { startScheduler } from './service/schedule/scheduler'

const nothingMore = () => Promise.resolve(null)

const demoTasks = [
  runs(demo, (_call, _payload, run) => wait(run)),
  runs(demoAsync, (_call, _payload, run) => wait(run)),
  runs(demoParams, (_call, payload, run) => join(payload, run)),
]

/** Background work: what was asked for, what became of it, and its control. */
export default module({
  name: 'task',
  version: '0.1.0',
  routes: [...taskRoutes, ...monitorRoutes, ...resultRoutes, ...scheduleRoutes],
  models: [TaskResult, TaskOutbox, TaskSchedule, TaskTick, TaskSeeded, TaskTerm, TaskQueue, TaskAlert],
  tasks: [
    runs(purgeResults, async (_call, _payload, { signal }) => ({ deleted: await purgeFinished(signal) })),
    runs(retryMatching, performRetry),
    runs(cancelMatching, performCancel),
    runs(purgeTicks, async () => ({ deleted: await purgeOldTicks() })),
    runs(backfillSchedule, backfill),
    ...(env.ENVIRONMENT === 'dev' ? demoTasks : []),
  ],
  sockets: [
    { event: 'task_worker_status', access: 'signed_in', handle: workerStatus },
    {
      ...{ event: 'watch_task', access: 'signed_in', payload: WatchTask },
      ...{ mayEnter: mayWatch, handle: watchedTask },
      rooms: (payload) => ({ enter: taskRooms(payload) }),
    },
    {
      ...{ event: 'unwatch_task', access: 'signed_in', payload: WatchTask, handle: nothingMore },
      rooms: (payload) => ({ leave: taskRooms(payload) }),
    },
    {
      ...{ event: 'watch_queue', access: 'sys:task:monitor', payload: WatchQueue, handle: nothingMore },
      rooms: (payload) => ({ enter: queueRooms(payload) }),
    },
    {
      ...{ event: 'unwatch_queue', access: 'signed_in', payload: WatchQueue, handle: nothingMore },
      rooms: (payload) => ({ leave: queueRooms(payload) }),
    },
    {
      ...{ event: 'watch_task_alerts', access: 'sys:task:monitor', handle: nothingMore },
      rooms: () => ({ enter: ['alert:tasks'] }),
    },
    {
      ...{ event: 'watch_schedule', access: 'signed_in', payload: WatchSchedule },
      handle: (_user, payload) => watched(payload),
      rooms: (payload) => ({ enter: roomsOf(payload) }),
    },
    {
      ...{ event: 'unwatch_schedule', access: 'signed_in', payload: WatchSchedule },
      handle: () => Promise.resolve(null),
      rooms: (payload) => ({ leave: roomsOf(payload) }),
    },
  ],
  start: () => {
    const forget = keepTasksIn(store)
    const unwatch = startWatching()
    const endAlerts = startAlerts()
    return Promise.resolve(async () => {
      await endAlerts()
      unwatch()
      forget()
    })
  },
})
