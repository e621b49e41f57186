import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { setTimeout } from 'node:timers/promises'

export interface Disk {
  dir: string
  device: string
  type: string
  /** Bytes. */
  total: number
  used: number
  free: number
}

/** The machine and this process at one moment. Sizes in bytes, frequencies in MHz, usage in percent. */
export interface HostReport {
  cpu: {
    physical: number
    logical: number
    max_mhz: number
    min_mhz: number
    current_mhz: number
    usage: number
  }
  memory: { total: number; used: number; free: number }
  system: { name: string; os: string; ip: string; arch: string }
  disks: Disk[]
  process: { started: Date; cpu_usage: number; virtual: number; resident: number }
}

/** File systems that are no disks. */
const NO_DISKS = new Set([
  ...['overlay', 'overlay2', 'tmpfs', 'devtmpfs', 'shm', 'proc', 'sysfs', 'cgroup', 'cgroup2'],
  ...['squashfs', 'devfs', 'autofs'],
])
const CPU_SAMPLE_MS = 100
const FRESH_MS = 3000
const STALE_MS = 60_000

let last: { report: HostReport; taken: number } | null = null
let taking: Promise<HostReport> | null = null

/**
 * A report that is at most a few seconds old while somebody keeps asking. Taking one lasts up to half a second and
 * happens beside the request, which gets the last one; only the first question, and one after a long silence, waits.
 */
export async function hostReport(): Promise<HostReport> {
  const age = last ? performance.now() - last.taken : Infinity
  if (age > FRESH_MS) {
    taking ??= take().finally(() => (taking = null))
    // Who gets the last report does not wait for this one, and must not fail with it either.
    taking.catch(() => undefined)
  }
  return last && age < STALE_MS ? last.report : (taking ?? take())
}

async function take(): Promise<HostReport> {
  // Loaded at the first question: not every process is asked.
  const { cpu, cpuCurrentSpeed, fsSize, mem } = await import('systeminformation')
  const [chip, speed, memory, disks, usage, virtual] = await Promise.all([
    cpu(),
    cpuCurrentSpeed(),
    mem(),
    fsSize().catch(() => []),
    sampleUsage(),
    virtualMemory(),
  ])
  const report = {
    cpu: {
      physical: chip.physicalCores,
      logical: os.cpus().length,
      max_mhz: mhz(chip.speedMax),
      min_mhz: mhz(chip.speedMin),
      current_mhz: mhz(speed.avg),
      usage: usage.machine,
    },
    memory: { total: memory.total, used: memory.total - memory.available, free: memory.available },
    system: { name: os.hostname(), os: os.type(), ip: ownAddress(), arch: os.machine() },
    disks: disksOf(disks),
    process: {
      started: new Date(Date.now() - process.uptime() * 1000),
      cpu_usage: usage.process,
      virtual,
      resident: process.memoryUsage.rss(),
    },
  }
  last = { report, taken: performance.now() }
  return report
}

/** systeminformation gives GHz, null or 0 where it does not know. */
const mhz = (ghz: number | null) => Math.round((ghz ?? 0) * 1000)

interface Mount {
  fs: string
  type: string
  size: number
  used: number
  available: number
  mount: string
}

/** Each device once, however often parts of it are mounted. */
function disksOf(mounts: Mount[]): Disk[] {
  const seen = new Set<string>()
  const disks: Disk[] = []
  for (const { fs, type, size, used, available, mount } of mounts) {
    if (NO_DISKS.has(type.toLowerCase()) || size <= 0 || seen.has(fs)) continue
    seen.add(fs)
    disks.push({ dir: mount, device: fs, type, total: size, used, free: available })
  }
  return disks
}

function ownAddress(): string {
  const addresses = Object.values(os.networkInterfaces()).flatMap((list) => list ?? [])
  return addresses.find((one) => one.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1'
}

async function sampleUsage(): Promise<{ machine: number; process: number }> {
  const [before, own, started] = [ticks(), process.cpuUsage(), performance.now()]
  await setTimeout(CPU_SAMPLE_MS)
  const after = ticks()
  const { user, system } = process.cpuUsage(own)
  const total = after.total - before.total
  return {
    machine: total > 0 ? (100 * (total - (after.idle - before.idle))) / total : 0,
    process: (user + system) / 10 / (performance.now() - started),
  }
}

function ticks(): { idle: number; total: number } {
  let [idle, total] = [0, 0]
  for (const { times } of os.cpus()) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return { idle, total }
}

/** Linux tells the address space of a process; elsewhere what is resident has to do. */
async function virtualMemory(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const kilobytes = /^VmSize:\s+(\d+) kB/m.exec(status)?.[1]
  return kilobytes ? Number(kilobytes) * 1024 : process.memoryUsage.rss()
}
