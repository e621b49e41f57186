import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const scripts = readdirSync(join(root, 'scripts')).filter((name) =>
  statSync(join(root, 'scripts', name)).isFile(),
)
const pathOf = (name: string) => join(root, 'scripts', name)
const menu = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<string, string>

describe('the scripts', () => {
  it.each(scripts)('%s can be run', (name) => {
    expect(() => accessSync(pathOf(name), constants.X_OK)).not.toThrow()
    expect(readFileSync(pathOf(name), 'utf8')).toMatch(/^#!\/bin\/sh\n/)
  })

  it.each(scripts.filter((name) => name !== 'steward'))('%s says what it does when asked', (name) => {
    const help = execFileSync(pathOf(name), ['--help'], { encoding: 'utf8', cwd: '/' })

    expect(help.length).toBeGreaterThan(40)
    expect(help).not.toContain('#!/')
  })

  // These two hand everything on to the command line, which has tests of its own.
  const own = scripts.filter((name) => !['steward', 'migrate'].includes(name))
  it.each(own)('%s refuses an option that it does not know, and says so', (name) => {
    const { status, stderr } = spawnSync(pathOf(name), ['--port-number', '1'], { encoding: 'utf8' })

    expect(status).toBe(2)
    expect(stderr).toContain(`I do not know --port-number. See scripts/${name} --help`)
  })

  it('are what the menu of package.json points at', () => {
    const targets = Object.values(menu).map((command) => command.split(' ')[0] ?? '')
    const missing = targets.filter(
      (target) => target.startsWith('scripts/') && !scripts.includes(target.slice('scripts/'.length)),
    )

    expect(missing).toEqual([])
  })

  it('never reinstall what is already there', () => {
    const { status } = spawnSync(process.execPath, [join(root, 'scripts/lib/packages-current.js')], {
      cwd: root,
    })

    expect(status).toBe(0)
  })
})
