import { page, route } from '#core'
import { ToolList, ToolShown } from '../schema/tool'
import * as toolService from '../service/tool'

export const listTools = route({
  method: 'get',
  path: '/tools',
  title: 'List the tools that an agent can use for the caller',
  description:
    'Those that modules declare, and on request every route whose input and answer are JSON; each with the schema of its input. A tool is called at its own address, by the rules of every route.',
  access: 'signed_in',
  query: ToolList,
  reply: page(ToolShown),
  handle: (call, { query }) => toolService.list(call, query),
})

export const toolRoutes = [listTools]
