import type { Line } from './line'

/** Each benchmark by name; loaded only when it runs. */
const BENCHES: Record<string, () => Promise<Line[]>> = {
  rights: async () => (await import('./rights.js')).rightsLines(),
  process: async () => (await import('./process.js')).processLines(),
  reload: async () => (await import('./reload.js')).reloadLines(),
  tasks: async () => (await import('./tasks.js')).taskLines(),
  schedules: async () => (await import('./schedules.js')).scheduleLines(),
  http: async () => (await import('./http.js')).httpLines(),
  search: async () => (await import('./search.js')).searchLines(),
}

/** Those that run when none is named; filling a million rows on three databases takes half an hour. */
const USUAL = Object.keys(BENCHES).filter((name) => name !== 'search')

/** Prints every line with its budget; names on the command line choose among the benchmarks. */
async function main(): Promise<void> {
  const asked = process.argv.slice(2)
  for (const name of asked.length > 0 ? asked : USUAL) {
    const bench = BENCHES[name]
    if (!bench)
      throw new Error(`no benchmark is called ${name}; there are ${Object.keys(BENCHES).join(', ')}`)
    for (const { name: what, value, budget, ok } of await bench()) {
      process.stdout.write(`${ok ? 'ok  ' : 'LOW '} ${what}: ${value}, budget ${budget}\n`)
    }
  }
}

void main()
