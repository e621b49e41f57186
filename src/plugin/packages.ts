import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { PACKAGES } from './archive'
import type { Manifest } from './manifest'

const Described = z.object({ version: z.string() })

/** What the manifest says about packages, and the folder of the plugin does not hold. */
export async function missingPackages(folder: string, { dependencies = {} }: Manifest): Promise<string[]> {
  const problems = await Promise.all(
    Object.entries(dependencies).map(async ([name, wanted]) => {
      const found = await versionOf(join(folder, PACKAGES, name))
      if (found === wanted) return []
      const there = found === null ? 'is not' : `is ${found}, not ${wanted},`
      const cure = `npm install --prefix ${folder} --no-save --ignore-scripts ${name}@${wanted}`
      return [`dependencies.${name}: ${there} in ${PACKAGES} of the plugin: ${cure}`]
    }),
  )
  return problems.flat()
}

async function versionOf(folder: string): Promise<string | null> {
  try {
    const text = await readFile(join(folder, 'package.json'), 'utf8')
    return Described.safeParse(JSON.parse(text)).data?.version ?? null
  } catch {
    return null // not there, or no package
  }
}
