import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { projectRoot } from '../utils/project-root'
import { addAlembic } from './command/alembic'
import { addConfig } from './command/config'
import { addDoctor } from './command/doctor'
import { addInit } from './command/init'
import { addMigrate } from './command/migrate'
import { addOpenapi } from './command/openapi'
import { addPlugin } from './command/plugin'
import { addCelery, addRoles } from './command/role'
import { addRoutes } from './command/routes'
import { addRun } from './command/run'
import { addSchedule } from './command/schedule'
import { addSeed } from './command/seed'
import { addSql } from './command/sql'
import { addTask } from './command/task'
import { addUser } from './command/user'

const NOTES = `
Settings are read from the environment and from .env; --help of a command shows examples.
Exit codes: 0 done, 1 it could not be done, 2 it was asked for in a wrong way.
DEBUG=1 shows where in the code a failure comes from.`

/**
 * The command line. Only words and options are loaded for it: what a command does is imported when it runs,
 * so that help and mistakes in typing are answered at once.
 */
export function createProgram(): Command {
  const program = new Command('steward')
    .description('Administers an installation of Steward.')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .option('--sql <file>', 'short for: steward sql FILE')
    .addHelpText('after', NOTES)
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride()
  addInit(program)
  addRun(program)
  addRoles(program)
  addMigrate(program)
  addSeed(program)
  addUser(program)
  addTask(program)
  addSchedule(program)
  addConfig(program)
  addRoutes(program)
  addPlugin(program)
  addOpenapi(program)
  addDoctor(program)
  addSql(program)
  addAlembic(program)
  addCelery(program)
  return program
}

function version(): string {
  const text = readFileSync(join(projectRoot, 'package.json'), 'utf8')
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown'
}
