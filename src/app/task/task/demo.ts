import { task, z } from '#core'

const ONCE_AN_HOUR = '1 * * * *'

/** What the ancestor shows its visitors; only in development, and switched off until somebody wants to see it. */
export const demo = task({
  name: 'task_demo',
  title: 'Demo: wait',
  payload: z.object({}),
  schedule: { name: '测试同步任务', every: { every: 30, period: 'seconds' }, enabled: false },
})

export const demoAsync = task({
  name: 'task_demo_async',
  title: 'Demo: wait, hourly',
  payload: z.object({}),
  cron: ONCE_AN_HOUR,
  schedule: { name: '测试异步任务', enabled: false },
})

export const demoParams = task({
  name: 'task_demo_params',
  title: 'Demo: join two words',
  payload: z.object({ hello: z.string(), world: z.string().optional() }),
  positional: ['hello', 'world'],
  cron: ONCE_AN_HOUR,
  schedule: { name: '测试传参任务', args: ['你好，'], kwargs: { world: '世界' }, enabled: false },
})
