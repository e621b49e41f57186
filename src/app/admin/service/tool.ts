import { toolsFor, type Call, type ToolDescription } from '#core'
import type { ToolList } from '../schema/tool'

/** What the caller may have done by an agent; calling it is a request like any other. */
export function list(call: Call, query: ToolList) {
  const { page, size, name, module, only_tools } = query
  const fits = (one: ToolDescription) =>
    (one.is_tool || !only_tools) &&
    (module === undefined || one.module === module) &&
    (name === undefined || one.name.toLowerCase().includes(name.toLowerCase()))
  const found = toolsFor(call.me).filter(fits)
  const shown = found.slice((page - 1) * size, page * size)
  return { items: shown.map((one) => ({ ...one, input_schema: one.inputSchema() })), total: found.length }
}
