import { once } from 'node:events'
import { giveUp, module, runs, task, z } from '#core'

const say = task({
  name: 'talk.say',
  title: 'Say words',
  payload: z.object({ words: z.array(z.string()).min(1), password: z.string().default('') }),
  positional: ['words'],
  cron: '30 2 * * *',
  schedule: { name: 'every night', kwargs: { words: ['good', 'night'] } },
})
const refuse = task({ name: 'talk.refuse', title: 'Refuse', payload: z.object({}) })
const wait = task({ name: 'talk.wait', title: 'Wait until told to stop', payload: z.object({}) })
/** Nobody serves its queue. */
const never = task({ name: 'talk.never', title: 'Never run', payload: z.object({}), queue: 'nobody' })

export default module({
  name: 'talk',
  tasks: [
    runs(say, (_call, { words }, run) => {
      for (const [at, word] of words.entries()) {
        run.log(`said ${word}`)
        run.progress((100 * (at + 1)) / words.length)
      }
      return Promise.resolve({ said: words.length })
    }),
    runs(refuse, () => Promise.reject(giveUp('not today'))),
    runs(wait, async (_call, _payload, { signal }) => {
      if (!signal.aborted) await once(signal, 'abort')
      throw signal.reason
    }),
    runs(never, () => Promise.resolve(null)),
  ],
})
