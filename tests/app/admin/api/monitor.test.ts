import { redis } from '#core'
import { signIn, signInAdmin, useApp } from '#testing'

useApp()

describe('the state of Redis', () => {
  it('is all text, in the words of the page', async () => {
    await redis().config('GET', 'port')

    const answer = await (await signIn()).get('/monitors/redis')

    expect(answer).toSucceed()
    expect(Object.keys(answer.data.info).sort()).toEqual([
      'blocked_clients',
      'connected_clients',
      'instantaneous_ops_per_sec',
      'keys_num',
      'maxmemory_human',
      'mem_fragmentation_ratio',
      'redis_mode',
      'redis_version',
      'rejected_connections',
      'role',
      'tcp_port',
      'total_commands_processed',
      'uptime',
      'used_memory_human',
      'used_memory_rss_human',
    ])
    expect(Object.values(answer.data.info).every((value) => typeof value === 'string' && value !== '')).toBe(
      true,
    )
    expect(answer.data.info).toMatchObject({
      role: 'master',
      redis_mode: 'standalone',
      maxmemory_human: '0B',
    })
    expect(answer.data.info.uptime).toMatch(/^(\d+ (days|hours|minutes) ?)+$|^0 seconds$/)
    expect(answer.data.info.used_memory_human).toMatch(/^[\d.]+[BKMG]$/)
    expect(answer.data.stats).toContainEqual({ name: 'config|get', value: expect.stringMatching(/^\d+$/) })
  })
})

describe('the state of the server', () => {
  it('is for super users', async () => {
    expect(await (await signIn()).get('/monitors/server')).toFail(403, 'auth.permission_denied')
  })

  it('tells of machine, disks and process, with the keys of the page and no others', async () => {
    const admin = await signInAdmin()

    const answer = await admin.get('/monitors/server')

    expect(answer).toSucceed()
    const { cpu, mem, sys, disk, service } = answer.data
    expect(Object.keys(cpu).sort()).toEqual([
      'current_freq',
      'logical_num',
      'max_freq',
      'min_freq',
      'physical_num',
      'usage',
    ])
    expect(cpu.logical_num).toBeGreaterThan(0)
    expect(cpu.usage).toBeGreaterThanOrEqual(0)
    expect(cpu.usage).toBeLessThanOrEqual(100)
    expect(mem.total).toBeCloseTo(mem.used + mem.free, 1)
    expect(Object.keys(sys).sort()).toEqual(['arch', 'ip', 'name', 'os'])
    expect(new Set(disk.map((one: { device: string }) => one.device)).size).toBe(disk.length)
    for (const one of disk) {
      expect(one.total).toMatch(/^[\d.]+ [KMGTP]?B$/)
      expect(one.usage).toMatch(/^\d+\.\d\d%$/)
      expect(['overlay', 'tmpfs', 'proc']).not.toContain(one.type)
    }
    expect(service).toEqual({
      name: 'Node.js',
      version: process.version.slice(1),
      home: process.execPath,
      startup: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      elapsed: expect.any(String),
      cpu_usage: expect.stringMatching(/^\d+\.\d\d%$/),
      mem_vms: expect.stringMatching(/B$/),
      mem_rss: expect.stringMatching(/B$/),
      mem_free: expect.stringMatching(/B$/),
    })
  })

  it('answers from the last look while it looks again', async () => {
    const admin = await signInAdmin()
    const first = await admin.get('/monitors/server')

    const second = await admin.get('/monitors/server')

    expect(second.data.cpu).toEqual(first.data.cpu)
  })
})
