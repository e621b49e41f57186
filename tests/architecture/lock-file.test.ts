import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'

interface Entry {
  version?: string
  peerDependencies?: Record<string, string>
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, '../..', name), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, Entry> }
const { overrides } = read('package.json') as { overrides: Record<string, Record<string, string> | string> }

/** The entry that a package at this place gets when it asks for `name`, as Node looks for it. */
function found(place: string, name: string): Entry | undefined {
  for (let folder = place; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const entry = packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]
    if (entry || folder === '') return entry
  }
}

const isOverridden = (place: string, name: string) =>
  Object.keys(Object(overrides[place.split('node_modules/').at(-1) ?? ''])).includes(name)

// The npm of Node.js 20 takes optional ones as seriously as all others, and then refuses to install anything.
it('gives every package its peers in a version that it takes, optional ones too', () => {
  const unmet = Object.entries(packages).flatMap(([place, { peerDependencies = {} }]) =>
    Object.entries(peerDependencies)
      .filter(([name]) => !isOverridden(place, name))
      .map(([name, range]) => ({ place, name, range, version: found(place, name)?.version }))
      .filter(({ version, range }) => version !== undefined && !semver.satisfies(version, range)),
  )

  expect(unmet).toEqual([])
})
