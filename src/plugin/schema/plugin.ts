import { z } from 'zod'

/** A plugin on the wire (contract: PluginInfo), with its state beside. */
export const PluginInfo = z.object({
  plugin: z.object({
    icon: z.string().nullable(),
    summary: z.string(),
    version: z.string(),
    description: z.string(),
    author: z.string(),
    tags: z.array(z.string()),
    database: z.array(z.string()),
    depends_on: z.array(z.string()),
    name: z.string(),
    enable: z.enum(['0', '1']),
    state: z.enum(['on', 'off', 'set_aside']),
    reason: z.string().nullable(),
    load_ms: z.int().nullable(),
    /** By how much loading and starting made the heap of this process grow: an estimate, in bytes. */
    memory_bytes: z.int().nullable(),
    is_required: z.boolean(),
    source: z.string(),
    hash: z.string().nullable(),
  }),
  app: z.union([z.object({ router: z.array(z.string()) }), z.object({ extend: z.string() })]),
  api: z.record(z.string(), z.object({ prefix: z.string(), tags: z.string() })).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
})

export type PluginInfo = z.input<typeof PluginInfo>

export const PluginParams = z.object({ plugin: z.string().max(64) })
