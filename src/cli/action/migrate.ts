import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { appliedMigrations } from '../../infra/migrator'
import { dryRun, planOf, runMigrations } from '../../infra/migration-plan'
import { projectRoot } from '../../utils/project-root'
import { say } from '../../utils/printer'
import { confirm } from '../ask'
import type { MigrateOptions } from '../command/migrate'
import { withMigrations } from '../opened'
import { failed, misused } from '../outcome'
import { count, sayJson, table } from '../output'

export async function up(options: MigrateOptions): Promise<void> {
  await withMigrations(async (migrations) => {
    if (options.dryRun) return showSql(await dryRun(migrations, 'up', options))
    const done = await runMigrations(migrations, 'up', options, (name) => say(`applying ${name}`))
    say(done.length === 0 ? 'Nothing is pending.' : `Applied ${count(done.length, 'migration')}.`)
  })
}

export async function down(options: MigrateOptions): Promise<void> {
  await withMigrations(async (migrations) => {
    if (options.dryRun) return showSql(await dryRun(migrations, 'down', options))
    const plan = planOf(migrations, await appliedMigrations(), 'down', options)
    if (plan.length === 0) return say('Nothing is applied.')
    const names = plan.map((m) => `  ${m.name}`).join('\n')
    await confirm(`This undoes, with the data in what it takes away:\n${names}\nGo on?`, options.yes)
    const done = await runMigrations(migrations, 'down', options, (name) => say(`undoing ${name}`))
    say(`Undid ${count(done.length, 'migration')}.`)
  })
}

export async function status({ json }: MigrateOptions): Promise<void> {
  await withMigrations(async (migrations) => {
    const applied = await appliedMigrations()
    const known = new Set(migrations.map((m) => m.name))
    const states = [
      ...migrations.map(({ name }) => ({ name, state: applied.includes(name) ? 'applied' : 'pending' })),
      ...applied.filter((name) => !known.has(name)).map((name) => ({ name, state: 'unknown' })),
    ]
    if (json) return sayJson(states)
    say(
      table(
        ['STATE', 'MIGRATION'],
        states.map(({ name, state }) => [state, name]),
      ),
    )
    if (states.some(({ state }) => state === 'unknown'))
      say('\nunknown: applied by a newer version, or by a plugin that is not there any more.')
  })
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

export async function create(name: string): Promise<void> {
  if (!NAME.test(name)) throw misused('A name is words in small letters with dashes, like: add-phone-to-dept')
  const folder = join(projectRoot, 'migrations')
  if (!existsSync(folder)) throw failed(`There are no sources here: ${folder} is missing.`)
  const stamp = new Date().toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+).*$/, '$1$2$3-$4$5')
  const file = join(folder, `${stamp}-${name}.ts`)
  await writeFile(file, STUB, { flag: 'wx' })
  say(`Written: ${file}`)
}

const STUB = `import type { MigrationContext } from '../src/infra/migrator'

/** Why this is needed. Every call may be repeated: MySQL keeps what was done before a failure. */
export async function up({ addColumn, types }: MigrationContext): Promise<void> {
  await addColumn('sys_example', 'remark', { type: types.string(256) })
}

export async function down({ dropColumn }: MigrationContext): Promise<void> {
  await dropColumn('sys_example', 'remark')
}
`

function showSql(steps: Awaited<ReturnType<typeof dryRun>>): void {
  if (steps.length === 0) return say('-- nothing to do')
  for (const { name, statements } of steps) {
    say(`-- ${name}`)
    for (const statement of statements) say(statement.endsWith(';') ? statement : `${statement};`)
  }
}
