import { modules } from '../../app/modules'
import { env } from '../../config/env'
import { say } from '../../utils/printer'
import type { RoutesOptions } from '../command/routes'
import { misused } from '../outcome'
import { count, sayJson, table } from '../output'

export function routes({ json, module }: RoutesOptions): void {
  const names = modules.map((m) => m.name)
  if (module !== undefined && !names.includes(module))
    throw misused(`There is no module ${module}. Those that are there: ${names.join(', ')}.`)
  const rows = modules
    .filter((m) => module === undefined || m.name === module)
    .flatMap((m) => (m.routes ?? []).map((route) => ({ ...route, module: m.name })))
    .map(({ method, path, access, title, module }) => ({
      method: method.toUpperCase(),
      path: `${env.FASTAPI_API_V1_PATH}${path}`,
      access,
      title,
      module,
    }))
  if (json) return sayJson(rows)
  const cells = rows.map((row) => [row.method, row.path, row.access, row.title, row.module])
  say(table(['METHOD', 'PATH', 'ACCESS', 'TITLE', 'MODULE'], cells))
  say(`\n${count(rows.length, 'route')}`)
}
