import { seedDemo, type Seeded } from '../../app/admin'
import { say } from '../../utils/printer'
import { withSteward } from '../opened'
import { misused } from '../outcome'
import { count, sayJson } from '../output'
import { asOperation } from '../recorded'

export async function seed(what: string, { json }: { json?: boolean }): Promise<void> {
  if (what !== 'demo') throw misused(`There is no seed "${what}". What there is: demo.`)
  await withSteward(async () => {
    const seeded = await addDemo()
    if (json) sayJson(seeded)
    else showSeeded(seeded)
  })
}

export const addDemo = (): Promise<Seeded> => asOperation('seed demo', {}, (call) => seedDemo(call))

export function showSeeded({ depts, rules, scopes, links, users, password }: Seeded): void {
  if (depts + rules + scopes + links + users === 0) return say('The demo data is there already.')
  const parts = [
    count(users, 'user'),
    count(depts, 'department'),
    count(scopes, 'data scope'),
    count(rules, 'data rule'),
    count(links, 'link'),
  ]
  say(`Added: ${parts.join(', ')}.`)
  if (password !== null) say(`The user test has the password ${password}`)
}
