import '../support/web-only'
import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import { enqueueNamed, inTransaction, systemCall } from '#core'
import { dispatchDue } from '../../src/app/task/service/schedule/dispatch'
import { runTask } from '../../src/core/run-task'
import { holderOf } from '../../src/core/task-registry'
import { RunAgain } from '../../src/infra/queue'
import { Turns } from '../../src/infra/turns'
import { buildSchedule, forgetSchedules, ticksOf } from '../support/schedules'
import { app, useApp } from '#testing'
import { write } from './support/made'

const BROKEN = `import { module, runs, task, z } from '#core'
const work = task({ name: 'broken.work', title: 'Work', payload: z.object({}) })
const start = () => Promise.reject(new Error('it never starts'))
export default module({ name: 'broken', tasks: [runs(work, () => Promise.resolve())], start })
`

// Of a plugin that is set aside no code is known.
useApp({
  plugins: [
    write(mkdtempSync(path.join(process.env.TEST_FOLDER ?? '', 'held-')), 'broken', { 'index.ts': BROKEN }),
  ],
  mayBeSetAside: true,
})
forgetSchedules()

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)
const nobody = () => Promise.reject(new Error('nobody asked'))

describe('a task of a plugin that is set aside', () => {
  it('waits, and does not end as one that nobody knows', async () => {
    expect(app().plugins.get('broken')).toMatchObject({ state: 'set_aside' })
    const job = { id: '1', name: 'broken.work' }

    await expect(runTask(job, { worker: 'any', turns: new Turns(1), currentUser: nobody })).rejects.toThrow(
      new RunAgain(5000),
    )

    expect([holderOf('broken.work'), holderOf('stranger.work')]).toEqual(['broken', null])
  })

  it('cannot be asked for, with the reason', async () => {
    const asked = (name: string) =>
      inTransaction((db) => enqueueNamed(systemCall(db), name, { args: [], kwargs: {} }))

    await expect(asked('broken.work')).rejects.toMatchObject({ status: 403, key: 'plugin.disabled' })
    await expect(asked('stranger.work')).rejects.toMatchObject({ status: 404, key: 'task.unknown' })
  })

  it('is skipped by its schedule, which says that the plugin does not work and goes on', async () => {
    const { id } = await buildSchedule({ task: 'broken.work', base_time: ago(90), next_run_time: ago(30) })

    while ((await dispatchDue()) > 0);

    const ticks = await ticksOf(id)
    expect(ticks.at(-1)).toMatchObject({ outcome: 'skipped', reason: 'plugin_off', detail: 'broken' })
  })
})
