import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

/** Everything that formatter, linter and compiler have against the code in some folders of the project. */
export async function checkCode(folders: string[]): Promise<string[]> {
  const loader = ['--conditions=source', '--import', resolve('node_modules/tsx/dist/loader.mjs')]
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...loader, resolve(__dirname, 'check-code.ts'), ...folders],
    { maxBuffer: 2 ** 25 },
  )
  return JSON.parse(stdout) as string[]
}
