import {
  formatBytes,
  formatDuration,
  hostReport,
  now,
  readRedisReport,
  redis,
  round2,
  type HostReport,
} from '#core'
import type { RedisMonitor, ServerMonitor } from '../schema/monitor'

/** What Redis says of itself, as text for the page. */
export async function redisMonitor(): Promise<RedisMonitor> {
  const { info, commands, keys } = await readRedisReport(redis())
  const text = (name: string, unknown = '') => info[name] ?? unknown
  return {
    info: {
      redis_version: text('redis_version'),
      redis_mode: text('redis_mode'),
      role: text('role'),
      tcp_port: text('tcp_port'),
      uptime: formatDuration(Number(text('uptime_in_seconds', '0'))),
      connected_clients: text('connected_clients', '0'),
      blocked_clients: text('blocked_clients', '0'),
      used_memory_human: text('used_memory_human', '0B'),
      used_memory_rss_human: text('used_memory_rss_human', '0B'),
      maxmemory_human: text('maxmemory_human', '0B'),
      mem_fragmentation_ratio: text('mem_fragmentation_ratio', '0'),
      instantaneous_ops_per_sec: text('instantaneous_ops_per_sec', '0'),
      total_commands_processed: text('total_commands_processed', '0'),
      rejected_connections: text('rejected_connections', '0'),
      keys_num: String(keys),
    },
    stats: commands.map(({ name, calls }) => ({ name, value: calls })),
  }
}

/** The machine and this process; the page wants sizes partly as numbers of GiB, partly as text. */
export async function serverMonitor(): Promise<ServerMonitor> {
  const report = await hostReport()
  const { cpu, memory } = report
  return {
    cpu: {
      physical_num: cpu.physical,
      logical_num: cpu.logical,
      max_freq: cpu.max_mhz,
      min_freq: cpu.min_mhz,
      current_freq: cpu.current_mhz,
      usage: round2(cpu.usage),
    },
    mem: {
      total: gibibytes(memory.total),
      used: gibibytes(memory.used),
      free: gibibytes(memory.free),
      usage: round2((100 * memory.used) / memory.total),
    },
    sys: report.system,
    disk: report.disks.map(diskRow),
    service: serviceOf(report),
  }
}

const gibibytes = (bytes: number) => round2(bytes / 1024 ** 3)
const percent = (value: number) => `${value.toFixed(2)}%`

const diskRow = ({ dir, device, type, total, used, free }: HostReport['disks'][number]) => ({
  dir,
  device,
  type,
  total: formatBytes(total),
  used: formatBytes(used),
  free: formatBytes(free),
  usage: percent((100 * used) / total),
})

const serviceOf = ({ process: own }: HostReport): ServerMonitor['service'] => ({
  name: 'Node.js',
  version: process.version.slice(1),
  home: process.execPath,
  startup: own.started,
  elapsed: formatDuration((now().getTime() - own.started.getTime()) / 1000),
  cpu_usage: percent(own.cpu_usage),
  mem_vms: formatBytes(own.virtual),
  mem_rss: formatBytes(own.resident),
  mem_free: formatBytes(Math.max(own.virtual - own.resident, 0)),
})
