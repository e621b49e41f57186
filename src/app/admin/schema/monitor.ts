import { timestamp, z } from '#core'

const RedisInfo = z.object({
  redis_version: z.string(),
  redis_mode: z.string(),
  role: z.string(),
  tcp_port: z.string(),
  uptime: z.string(),
  connected_clients: z.string(),
  blocked_clients: z.string(),
  used_memory_human: z.string(),
  used_memory_rss_human: z.string(),
  maxmemory_human: z.string(),
  mem_fragmentation_ratio: z.string(),
  instantaneous_ops_per_sec: z.string(),
  total_commands_processed: z.string(),
  rejected_connections: z.string(),
  keys_num: z.string(),
})
export type RedisInfo = z.output<typeof RedisInfo>

export const RedisMonitor = z
  .object({ info: RedisInfo, stats: z.array(z.object({ name: z.string(), value: z.string() })) })
  .meta({ id: 'RedisMonitor' })
export type RedisMonitor = z.input<typeof RedisMonitor>

export const ServerMonitor = z
  .object({
    cpu: z.object({
      physical_num: z.int(),
      logical_num: z.int(),
      max_freq: z.number(),
      min_freq: z.number(),
      current_freq: z.number(),
      usage: z.number(),
    }),
    mem: z.object({ total: z.number(), used: z.number(), free: z.number(), usage: z.number() }),
    sys: z.object({ name: z.string(), os: z.string(), ip: z.string(), arch: z.string() }),
    disk: z.array(
      z.object({
        dir: z.string(),
        device: z.string(),
        type: z.string(),
        total: z.string(),
        used: z.string(),
        free: z.string(),
        usage: z.string(),
      }),
    ),
    service: z.object({
      name: z.string(),
      version: z.string(),
      home: z.string(),
      startup: timestamp(),
      elapsed: z.string(),
      cpu_usage: z.string(),
      mem_vms: z.string(),
      mem_rss: z.string(),
      mem_free: z.string(),
    }),
  })
  .meta({ id: 'ServerMonitor' })
export type ServerMonitor = z.input<typeof ServerMonitor>
