import type { Command } from 'commander'
import { keepLogQuiet } from '../quiet'

export interface UserOptions {
  email?: string
  passwordStdin?: boolean
  clearMfa?: boolean
  enable?: boolean
  json?: boolean
}

const EXAMPLES = `
Passwords never stand on the command line, where other users of the machine could read them: one is generated and
shown once, or read from standard input with --password-stdin.

Examples:
  steward user create-super alice --email alice@example.com
  printf %s "$NEW_PASSWORD" | steward user reset-password alice --password-stdin
  steward user unlock alice`

export function addUser(program: Command): void {
  const user = program.command('user').description('Help people back in.').addHelpText('after', EXAMPLES)
  user
    .command('create-super <username>')
    .description('Create a user who may do everything.')
    .option('--email <address>', 'mail address')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: UserOptions) => (await work()).createSuper(name, options))
  user
    .command('reset-password <username>')
    .description('Set a new password, lift a lock after wrong ones, and end all sessions of the user.')
    .option('--password-stdin', 'read the password from standard input')
    .option('--clear-mfa', 'also switch the second factor off, for who has lost it')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: UserOptions) => (await work()).resetPassword(name, options))
  user
    .command('unlock <username>')
    .description('Lift a lock after wrong passwords.')
    .option('--enable', 'also enable the user, who was disabled by hand')
    .option('--json', 'for other programs')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: UserOptions) => (await work()).unlock(name, options))
}

function work() {
  keepLogQuiet()
  return import('../action/user.js')
}
