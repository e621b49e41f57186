import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadKeys, rotateDataKey } from '../../src/config/keys'
import { projectRoot } from '../../src/utils/project-root'

const nothing = { tokenSecret: null, dataKeys: null }
let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'keys-')), 'data')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

describe('keys', () => {
  it('are made on the first start, and are the same on the second', async () => {
    const first = await loadKeys(folder, nothing)
    const second = await loadKeys(folder, nothing)

    expect(second).toEqual(first)
    expect(first.tokenSecret.length).toBeGreaterThanOrEqual(48)
    expect(first.dataKeys.map(({ key }) => key.length)).toEqual([32])
  })

  it('differ between installations', async () => {
    const one = await loadKeys(folder, nothing)
    const two = await loadKeys(join(folder, 'other'), nothing)

    expect(one.tokenSecret).not.toBe(two.tokenSecret)
    expect(one.dataKeys[0]?.key.equals(two.dataKeys[0]?.key ?? Buffer.alloc(0))).toBe(false)
  })

  it('can be read by their owner only, and leave nothing else behind', async () => {
    await loadKeys(folder, nothing)

    expect(readdirSync(folder)).toEqual(['keys.json'])
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600)
  })

  it('are the same for all that start at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => loadKeys(folder, nothing)))

    expect(new Set(all.map(({ tokenSecret }) => tokenSecret)).size).toBe(1)
    expect(readdirSync(folder)).toEqual(['keys.json'])
  })

  it('are the same for several processes that start at once', async () => {
    const script = join(folder, '../run.ts')
    const keys = JSON.stringify(join(projectRoot, 'src/config/keys'))
    writeFileSync(
      script,
      `import { loadKeys } from ${keys}\nloadKeys(process.argv[2]).then((k) => process.stdout.write(k.dataKeys[0].id))`,
    )
    const tsx = join(projectRoot, 'node_modules/tsx/dist/cli.mjs')

    const outputs = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, [tsx, script, folder], {
          env: process.env,
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let output = ''
        child.stdout.on('data', (chunk) => (output += chunk))
        await once(child, 'close')
        return output
      }),
    )

    expect(outputs[0]).toMatch(/^[0-9a-f]{8}$/)
    expect(new Set(outputs).size).toBe(1)
  })

  it('given as settings win, and then nothing is written', async () => {
    const key = Buffer.alloc(32, 7)

    const keys = await loadKeys(folder, { tokenSecret: 'given', dataKeys: [`a1:${key.toString('base64')}`] })

    expect(keys).toEqual({ tokenSecret: 'given', dataKeys: [{ id: 'a1', key }] })
    expect(() => readdirSync(folder)).toThrow('ENOENT')
  })

  it.each(['', '{', '{}', '{"token_secret":"short","data_keys":[]}', 'null'])(
    'that are damaged (%j) stop the start and are not replaced',
    async (text) => {
      await loadKeys(folder, nothing)
      writeFileSync(join(folder, 'keys.json'), text)

      await expect(loadKeys(folder, nothing)).rejects.toThrow('damaged keys.json')
      expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toBe(text)
    },
  )

  it('that cannot be written are explained', async () => {
    writeFileSync(folder, 'a file where the folder should be')
    chmodSync(folder, 0o600)

    await expect(loadKeys(folder, nothing)).rejects.toThrow(/DATA_DIR/)
  })
})

describe('rotation', () => {
  it('puts a new data key first and keeps the old one and the token key', async () => {
    const before = await loadKeys(folder, nothing)

    const id = await rotateDataKey(folder)
    const after = await loadKeys(folder, nothing)

    expect(after.dataKeys.map((key) => key.id)).toEqual([id, before.dataKeys[0]?.id])
    expect(after.tokenSecret).toBe(before.tokenSecret)
    expect(readdirSync(folder)).toEqual(['keys.json'])
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600)
  })

  it('refuses to run twice at once, so that no key is lost', async () => {
    await loadKeys(folder, nothing)
    writeFileSync(join(folder, 'keys.json.new'), '')

    await expect(rotateDataKey(folder)).rejects.toThrow('rotated already')
  })
})
