import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

/** The six verbs under which installations of FBA know migrations. Hidden: `migrate` has better words. */
export function addAlembic(program: Command): void {
  const alembic = program
    .command('alembic', { hidden: true })
    .description('Other names for the commands of: steward migrate')
  alembic
    .command('upgrade')
    .description('same as: migrate up')
    .option('--revision <name>', 'the last migration to apply, or head', 'head')
    .action(async ({ revision }: { revision: string }) =>
      (await work()).up(revision === 'head' ? {} : { to: revision }),
    )
  alembic
    .command('downgrade')
    .description('same as: migrate down')
    .option('--revision <name>', 'the last migration to undo, base for all, or -1, -2, ...', '-1')
    .option('-y, --yes', 'do not ask')
    .action(async ({ revision, yes }: { revision: string; yes?: boolean }) =>
      (await work()).down({ ...extentOf(revision), yes }),
    )
  for (const verb of ['current', 'history', 'heads']) {
    alembic
      .command(verb)
      .description('same as: migrate status')
      .option('-v, --verbose', 'accepted; everything is shown anyway')
      .option('-r, --range <range>', 'accepted; everything is shown anyway')
      .action(async () => (await work()).status({}))
  }
  alembic
    .command('revision')
    .description('same as: migrate create')
    .requiredOption('-m, --message <name>', 'words in small letters with dashes')
    .option('--autogenerate', 'accepted; migrations are written by hand')
    .action(async ({ message }: { message: string }) =>
      (await work()).create(message.trim().toLowerCase().replaceAll(/[ _]+/g, '-')),
    )
}

function extentOf(revision: string) {
  if (revision === 'base') return { all: true }
  const steps = /^-(\d+)$/.exec(revision)?.[1]
  return steps === undefined ? { to: revision } : { steps: Number(steps) }
}

function work() {
  keepLogQuiet()
  return import('../action/migrate.js')
}
