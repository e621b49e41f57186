/**
 * Ends with 0 when node_modules is what package-lock.json describes. npm writes what it has installed to
 * node_modules/.package-lock.json; packages for other platforms are optional and may be absent there.
 * In production (NODE_ENV) packages that are only for development may be absent too.
 */
const { existsSync, readFileSync } = require('node:fs')

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {})
const wanted = Object.entries(read('package-lock.json')).filter(([path]) => path !== '')
const present = read('node_modules/.package-lock.json')

const mayBeAbsent = ({ optional, devOptional, dev }) =>
  optional || devOptional || (dev && process.env.NODE_ENV === 'production')
const isCurrent = wanted.every(([path, entry]) =>
  present[path] ? present[path].version === entry.version : mayBeAbsent(entry),
)
process.exit(isCurrent ? 0 : 1)
