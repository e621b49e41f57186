import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A machine is a PATH: the usual programs of a shell, and what the test puts beside them. The package managers write down
 * how they were called, and what they "install" is a program on that PATH.
 */
const USUAL = ['sh', 'cat', 'chmod', 'dirname', 'env', 'mktemp', 'readlink', 'rm', 'sed', 'tail', 'true']
const root = join(__dirname, '../..')

let machine: string
const calls = () => (existsSync(join(machine, 'calls')) ? readFileSync(join(machine, 'calls'), 'utf8') : '')

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'machine-'))
  for (const name of USUAL) {
    const { stdout } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' })
    symlinkSync(stdout.trim(), join(machine, name))
  }
  isUser(0)
})
afterEach(() => rmSync(machine, { recursive: true, force: true }))

function program(name: string, lines: string): void {
  const file = join(machine, name)
  rmSync(file, { force: true })
  writeFileSync(file, `#!/bin/sh\n${lines}\n`)
  chmodSync(file, 0o755)
}

const isUser = (number: number) => program('id', `echo ${number}`)

/** A package manager that knows some packages; each brings a program. What it does not know it refuses. */
function packageManager(name: string, brings: Record<string, string>): void {
  const known = Object.entries(brings).map(
    ([one, brought]) =>
      `${one}) echo '#!/bin/sh' > "$folder/${brought}" && chmod 755 "$folder/${brought}" ;;`,
  )
  program(
    name,
    `folder='${machine}'
echo "$(id -u) ${name} $*" >> "$folder/calls"
case $1 in update) echo 'a source is broken' >&2; exit 100 ;; esac
for last; do :; done
case $last in
${known.join('\n')}
*) echo "no package named $last" >&2; exit 1 ;;
esac`,
  )
}

/** `sudo` as it is on the machine of somebody who may use it: the command runs as root. */
const withSudo = () =>
  program(
    'sudo',
    `echo "sudo $*" >> '${machine}/calls'; printf '#!/bin/sh\\necho 0\\n' > '${machine}/id'; "$@"; s=$?; printf '#!/bin/sh\\necho 1000\\n' > '${machine}/id'; exit $s`,
  )

function need(thing: string) {
  const lines = `. scripts/lib/common.sh; need ${thing} 'sessions live in it'`
  const script = join(root, 'scripts/start') // what $0 is for whoever sources the library
  const { status, stdout, stderr } = spawnSync(join(machine, 'sh'), ['-c', lines, script], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: machine },
  })
  return { status, said: stdout + stderr }
}

describe('what is missing on a machine', () => {
  it.each([
    ['apt-get', 'redis-server', 'install -y -qq --no-install-recommends redis-server'],
    ['dnf', 'valkey', 'install -y -q valkey'],
    ['apk', 'valkey', 'add --quiet valkey'],
    ['brew', 'redis', 'install --quiet redis'],
  ])('is installed with %s', (manager, name, words) => {
    packageManager(manager, { [name]: 'redis-server' })

    const { status, said } = need('redis')

    expect(said).toContain(`redis is missing (sessions live in it).\n  Installing: ${name}\n`)
    expect(calls()).toContain(`0 ${manager} ${words}\n`)
    expect(status).toBe(0)
  })

  it.each([
    ['apt-get', 'valkey-server', 'valkey-server'],
    ['dnf', 'redis', 'redis-server'],
    ['apk', 'redis', 'redis-server'],
    ['brew', 'valkey', 'valkey-server'],
  ])('may have its other name with %s', (manager, name, brought) => {
    packageManager(manager, { [name]: brought })

    expect(need('redis')).toMatchObject({ status: 0, said: expect.stringContaining('no package named') })
    expect(calls()).toContain(` ${name}\n`)
  })

  it.each(['redis-server', 'valkey-server'])('is not installed where there is %s', (name) => {
    packageManager('apt-get', {})
    program(name, '')

    expect(need('redis')).toEqual({ status: 0, said: '' })
    expect(calls()).toBe('')
  })

  it.each([
    ['dnf', 'postgresql', 'postgresql-server', 'initdb'],
    ['apk', 'mariadb', 'mariadb', 'mariadbd'],
    ['brew', 'postgresql', 'postgresql', 'initdb'],
    ['apt-get', 'mariadb', 'mariadb-server', 'mariadbd'],
  ])('has the name it has in %s: %s', (manager, thing, name, brought) => {
    // A machine that has the real server is not in need of it, wherever it lies.
    packageManager(manager, { [name]: brought })

    expect(need(thing).status).toBe(0)
    if (calls() !== '') expect(calls()).toContain(` ${name}\n`)
  })
})

describe('somebody who is not root', () => {
  beforeEach(() => isUser(1000))

  it('is asked by sudo, for the packages and nothing else', () => {
    packageManager('apt-get', { 'redis-server': 'redis-server' })
    withSudo()

    const { status, said } = need('redis')

    expect(status).toBe(0)
    expect(said).toContain('(sudo may ask for your password)')
    expect(calls()).toContain('sudo env DEBIAN_FRONTEND=noninteractive apt-get install')
    expect(calls()).toContain('0 apt-get install')
  })

  it('is told the command when there is no sudo', () => {
    packageManager('dnf', { valkey: 'valkey-server' })

    const { status, said } = need('redis')

    expect(status).toBe(1)
    expect(said).toContain('needs root, and there is no sudo')
    expect(said).not.toContain('password')
    expect(said).toContain('By hand: as root, dnf install valkey. Then try again.')
    expect(calls()).toBe('')
  })

  it('hears what sudo says when it refuses', () => {
    packageManager('apk', { valkey: 'valkey-server' })
    program('sudo', 'echo "sudo: a password is required" >&2; exit 1')

    const { status, said } = need('redis')

    expect(status).toBe(1)
    expect(said.match(/sudo: a password is required/g)).toHaveLength(1)
    expect(said).toContain('By hand: as root, apk add valkey.')
  })

  it('needs no root for brew', () => {
    packageManager('brew', { redis: 'redis-server' })

    expect(need('redis').status).toBe(0)
    expect(calls()).toBe('1000 brew install --quiet redis\n')
  })
})

it('a machine without a package manager is told what to look for', () => {
  const { status, said } = need('redis')

  expect(status).toBe(1)
  expect(said).toContain('No package manager that I know')
  expect(said).toContain('redis-server or valkey-server')
})
